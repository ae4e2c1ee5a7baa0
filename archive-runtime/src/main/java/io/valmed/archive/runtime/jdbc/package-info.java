/**
 * What every session with PostgreSQL needs: how it begins ({@link
 * io.valmed.archive.runtime.jdbc.DigestSession}), arrays as text ({@link
 * io.valmed.archive.runtime.jdbc.TextArray}), and which failures are one table's own ({@link
 * io.valmed.archive.runtime.jdbc.TableFault}).
 */
@NullMarked
package io.valmed.archive.runtime.jdbc;

import org.jspecify.annotations.NullMarked;
