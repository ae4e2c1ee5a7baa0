package io.valmed.archive.sink.quarantine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record in the quarantine, as people may see it: nothing of what it holds.
 *
 * @param id its number there
 * @param table the table it is about
 * @param place topic, partition and offset
 * @param keyDigest SHA-256 of the row's key, in hexadecimal digits
 * @param sqlState why the archive refused it; null: it was not tried
 * @param reason one sentence
 * @param quarantinedAt since when it is there
 * @param resolvedAt when it was settled; null: it is open
 * @param resolution how it was settled
 */
public record QuarantinedRecord(
    long id,
    String table,
    String place,
    String keyDigest,
    @Nullable String sqlState,
    String reason,
    Instant quarantinedAt,
    @Nullable Instant resolvedAt,
    @Nullable String resolution) {}
