/**
 * How large, how fast and how patient: {@link io.valmed.archive.purge.pace.PageSize} (roots a
 * page), {@link io.valmed.archive.purge.pace.Throttle} (rows a second), {@link
 * io.valmed.archive.purge.pace.Haste} (whether the next page is tried as a whole), {@link
 * io.valmed.archive.purge.pace.OncePatience} (how long {@code --once} waits).
 */
@NullMarked
package io.valmed.archive.purge.pace;

import org.jspecify.annotations.NullMarked;
