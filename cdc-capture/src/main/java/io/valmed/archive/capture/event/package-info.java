/** What hot's stream tells, and where in hot's history it stands. */
@NullMarked
package io.valmed.archive.capture.event;

import org.jspecify.annotations.NullMarked;
