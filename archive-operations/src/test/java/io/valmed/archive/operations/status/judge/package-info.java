@NullMarked
package io.valmed.archive.operations.status.judge;

import org.jspecify.annotations.NullMarked;
