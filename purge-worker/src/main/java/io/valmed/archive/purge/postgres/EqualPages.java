package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.purge.page.WholePage;
import io.valmed.archive.purge.page.WholeProof;
import io.valmed.archive.purge.page.WholeRows;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Compares whole pages in the archive: one statement a table looks up the mirror's rows, digests
 * them and writes to the journal those that equal hot's. If any is not written, all is rolled back.
 */
public final class EqualPages implements WholeProof {
  private final ArchiveSession archive;
  private final MirrorRows mirror;
  private final PostgresJournal journal;

  /**
   * @param mirror the same session's, which has checked the page's tables
   * @param journal the same session's
   */
  public EqualPages(ArchiveSession archive, MirrorRows mirror, PostgresJournal journal) {
    this.archive = archive;
    this.mirror = mirror;
    this.journal = journal;
  }

  @Override
  public long intend(TableId root, WholePage page, Equal equal)
      throws SQLException, TableHeldException {
    long[] id = new long[1];
    try {
      boolean written =
          UnitOfWork.attempt(
              archive.connection(),
              () -> {
                id[0] =
                    journal.insertPage(root, page.xid(), page.lsn(), page.decided(), page.rows());
                for (WholeRows rows : page.tables()) {
                  if (writeEqual(id[0], rows) != rows.count()) {
                    return false;
                  }
                }
                equal.reached();
                return true;
              });
      return written ? id[0] : NOT_EQUAL;
    } catch (SQLException e) {
      throw mirror.orHeld(root, e);
    }
  }

  private int writeEqual(long page, WholeRows rows) throws SQLException {
    if (rows.count() == 0) {
      return 0;
    }
    TableShape archived = mirror.shape(rows.shape());
    int keySize = archived.key().size();
    String digest = RowDigest.expression("r", archived.columns());
    String mirrored =
        keySize == 1 ? mirroredByArray(archived, digest) : mirroredByRow(archived, digest);
    String sql =
        """
        INSERT INTO arc.purge_row (page, table_name, key, digest)
        SELECT ?, ?, ARRAY[%s], k.arc_digest
        FROM (
          SELECT *, substr(?::bytea, (arc_ord::int - 1) * 32 + 1, 32) AS arc_digest
          FROM unnest(%s) WITH ORDINALITY AS u (%s, arc_ord)) AS k
        WHERE %s
        """
            .formatted(
                KeySql.list(keySize, "k.arc_t%d"),
                KeySql.list(keySize, "?::text[]"),
                KeySql.list(keySize, "arc_t%d"),
                mirrored);
    try (PreparedStatement insert = archive.connection().prepareStatement(sql)) {
      insert.setLong(1, page);
      insert.setString(2, rows.shape().table().toString());
      insert.setObject(3, rows.digests(), Types.OTHER);
      for (int i = 0; i < keySize; i++) {
        insert.setObject(4 + i, rows.keys().get(i), Types.OTHER);
      }
      if (keySize == 1) {
        insert.setObject(5, rows.keys().get(0), Types.OTHER);
      }
      return insert.executeUpdate();
    }
  }

  /**
   * Whether the digest is among those of all keys' rows, which one walk through the index finds. A
   * row's digest is one of its key, too: no other key's row can have the same. IS TRUE keeps the
   * planner from making a join of it: the digests are hashed once, whatever it estimates.
   */
  private static String mirroredByArray(TableShape archived, String digest) {
    return "(k.arc_digest IN (SELECT %s FROM ONLY %s AS r WHERE r.%s = ANY (?::%s[]))) IS TRUE"
        .formatted(
            digest,
            archived.table().sql(),
            Sql.identifier(archived.key().get(0).name()),
            archived.key().get(0).type());
  }

  private static String mirroredByRow(TableShape archived, String digest) {
    return "EXISTS (SELECT FROM ONLY %s AS r WHERE %s AND %s = k.arc_digest)"
        .formatted(archived.table().sql(), KeySql.matchesTexts("r", archived.key(), "k"), digest);
  }
}
