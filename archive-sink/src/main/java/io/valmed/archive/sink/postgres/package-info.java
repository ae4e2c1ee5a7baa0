/**
 * The sink's archive. {@link io.valmed.archive.sink.postgres.ArchiveDatabase} holds two
 * connections. {@code BatchTransaction} applies a batch on the first: {@code PositionTable}, then
 * per table {@code TableMerge}: {@code ReusedKeys} and {@code SupersededRows} move what would be
 * replaced, {@code Departures} goes into the cold store and {@code MirrorMerge} into the mirror,
 * all by COPY through {@code RowCopy} and a {@code Stage}. {@code ArchiveTables}, {@code
 * ColdPartitions} and {@code UnseenDepartures} work on the second.
 */
@NullMarked
package io.valmed.archive.sink.postgres;

import org.jspecify.annotations.NullMarked;
