/**
 * What every session with PostgreSQL needs.
 *
 * <p>{@link io.valmed.archive.runtime.jdbc.DigestSession} opens one whose rows' text forms are the
 * same in both databases; {@link io.valmed.archive.runtime.jdbc.Query} asks, {@link
 * io.valmed.archive.runtime.jdbc.UnitOfWork} runs several statements as one transaction, {@link
 * io.valmed.archive.runtime.jdbc.TextArray} writes arrays as text, {@link
 * io.valmed.archive.runtime.jdbc.CopyText} rows for COPY. {@link
 * io.valmed.archive.runtime.jdbc.SqlState} names failures, and {@link
 * io.valmed.archive.runtime.jdbc.TableFault} says which are one table's own.
 */
@NullMarked
package io.valmed.archive.runtime.jdbc;

import org.jspecify.annotations.NullMarked;
