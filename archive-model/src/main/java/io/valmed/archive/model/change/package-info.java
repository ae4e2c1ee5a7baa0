/** What happened to a row, and its form in a topic. */
@NullMarked
package io.valmed.archive.model.change;

import org.jspecify.annotations.NullMarked;
