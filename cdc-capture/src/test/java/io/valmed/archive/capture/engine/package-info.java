/** Tests of the second stream's parts, without servers. */
@NullMarked
package io.valmed.archive.capture.engine;

import org.jspecify.annotations.NullMarked;
