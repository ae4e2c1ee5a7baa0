package io.valmed.archive.purge.page;

import io.valmed.archive.databases.keys.TableShape;

/**
 * Locked rows of one table that may be deleted.
 *
 * @param shape the table
 * @param count how many
 * @param places their {@code ctid}s, as the text of a {@code tid[]}: while the locks are held, the
 *     rows can be nowhere else
 */
public record ProvenRows(TableShape shape, int count, String places) {}
