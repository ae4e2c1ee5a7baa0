/** Holds as people are shown them: {@link io.valmed.archive.operations.hold.OpenHold}. */
@NullMarked
package io.valmed.archive.operations.hold;

import org.jspecify.annotations.NullMarked;
