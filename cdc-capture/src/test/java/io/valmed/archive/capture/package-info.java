@NullMarked
package io.valmed.archive.capture;

import org.jspecify.annotations.NullMarked;
