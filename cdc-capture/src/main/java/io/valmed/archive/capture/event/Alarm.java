package io.valmed.archive.capture.event;

import io.valmed.archive.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Something in hot's history that a person should know of. Never holds a column's value.
 *
 * @param kind {@code truncate}, {@code message}, {@code unknown-table}, {@code parked}, {@code
 *     held}, {@code purge-origin} or {@code failover}
 * @param table the table, if there is one
 * @param detail one sentence
 * @param place where in hot's history
 * @param epoch the epoch
 */
public record Alarm(
    String kind, @Nullable TableId table, String detail, SourceEvent.Place place, int epoch) {}
