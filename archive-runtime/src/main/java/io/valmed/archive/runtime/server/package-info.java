/** Ways to a server: logins, questions with an end, and what to say when it does not answer. */
@NullMarked
package io.valmed.archive.runtime.server;

import org.jspecify.annotations.NullMarked;
