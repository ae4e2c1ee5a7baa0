/** The quarantine's table, and the retry of a record in it. */
@NullMarked
package io.valmed.archive.sink.postgres.quarantine;

import org.jspecify.annotations.NullMarked;
