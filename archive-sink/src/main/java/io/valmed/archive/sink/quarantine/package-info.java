/** Records that cannot be applied: set aside, listed, tried again. */
@NullMarked
package io.valmed.archive.sink.quarantine;

import org.jspecify.annotations.NullMarked;
