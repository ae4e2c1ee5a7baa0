package io.valmed.archive.sink;

import io.valmed.archive.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be applied, on its way into the quarantine.
 *
 * @param record the record
 * @param table the table it is about
 * @param sqlState why the archive refused it; null: it could not be read at all
 * @param reason one sentence that holds no column's value
 */
public record Poisoned(
    TopicRecord record, TableId table, @Nullable String sqlState, String reason) {}
