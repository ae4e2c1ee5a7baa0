/** What comes from the topics: records, read by the version of their table. */
@NullMarked
package io.valmed.archive.sink.read;

import org.jspecify.annotations.NullMarked;
