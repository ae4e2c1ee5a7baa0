/** A batch's rows into the mirror and the cold store. */
@NullMarked
package io.valmed.archive.sink.postgres.merge;

import org.jspecify.annotations.NullMarked;
