/**
 * The purge's SQL.
 *
 * <p>{@link io.valmed.archive.purge.postgres.HotSession} opens the hot database; each of its {@link
 * io.valmed.archive.purge.postgres.HotTransaction}s locks the tables, asks the {@link
 * io.valmed.archive.databases.hot.HotCatalog} what they are, locks roots and children (as a whole:
 * {@link io.valmed.archive.purge.postgres.WholeRoots}, {@link
 * io.valmed.archive.purge.postgres.WholeChildren}; row by row: {@link
 * io.valmed.archive.purge.postgres.RootRows}, {@link io.valmed.archive.purge.postgres.ChildRows})
 * and deletes. {@link io.valmed.archive.purge.postgres.ArchiveSession} opens the archive, where
 * {@link io.valmed.archive.purge.postgres.EqualPages}, or {@link
 * io.valmed.archive.purge.postgres.MirrorRows} and {@link
 * io.valmed.archive.purge.postgres.PostgresJournal}, work.
 */
@NullMarked
package io.valmed.archive.purge.postgres;

import org.jspecify.annotations.NullMarked;
