@NullMarked
package io.valmed.archive.bench;

import org.jspecify.annotations.NullMarked;
