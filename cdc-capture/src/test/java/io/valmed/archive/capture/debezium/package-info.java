/** The stream's own pieces. */
@NullMarked
package io.valmed.archive.capture.debezium;

import org.jspecify.annotations.NullMarked;
