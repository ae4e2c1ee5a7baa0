/**
 * How the row's way does, measured from outside: by SQL, Kafka's admin client and the archive's own
 * tables, so that a part that is dead still shows its lag.
 *
 * <p>A {@code Measurement} is what was seen at one time; a window of them is judged into a {@code
 * Status}, which is what people, the page and alerts are shown.
 */
@NullMarked
package io.valmed.archive.operations.status;

import org.jspecify.annotations.NullMarked;
