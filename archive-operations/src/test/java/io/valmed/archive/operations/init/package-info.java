@NullMarked
package io.valmed.archive.operations.init;

import org.jspecify.annotations.NullMarked;
