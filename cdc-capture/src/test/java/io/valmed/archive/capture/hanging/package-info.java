@NullMarked
package io.valmed.archive.capture.hanging;

import org.jspecify.annotations.NullMarked;
