/**
 * Rows by their keys, in either database.
 *
 * <p>A {@link io.valmed.archive.databases.keys.TableShape} names a table's columns and key; {@link
 * io.valmed.archive.databases.keys.KeySql} writes the pieces of SQL that ask for many keys at once;
 * {@link io.valmed.archive.databases.keys.RowDigests} asks for their rows' digests.
 */
@NullMarked
package io.valmed.archive.databases.keys;

import org.jspecify.annotations.NullMarked;
