/** Every migration up, down and up again, and the archive's functions. */
@NullMarked
package io.valmed.archive.migrations;

import org.jspecify.annotations.NullMarked;
