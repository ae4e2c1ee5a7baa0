package io.valmed.archive.purge.postgres;

import io.valmed.archive.purge.page.ProvenRows;
import io.valmed.archive.purge.page.UnprovenDeleteException;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** Deletes a page's proven rows, and makes sure that exactly these have gone. */
final class PageDelete {
  private final Connection connection;
  private final List<ProvenRows> proven;

  /**
   * @param proven in the order of the aggregate's tables
   */
  PageDelete(Connection connection, List<ProvenRows> proven) {
    this.connection = connection;
    this.proven = proven;
  }

  /**
   * Deletes them.
   *
   * @throws UnprovenDeleteException when more or fewer rows would go
   */
  void run() throws SQLException {
    long[] before = deletedSoFar();
    long[] answered = deleteAll();
    long[] after = deletedSoFar();
    for (int i = 0; i < proven.size(); i++) {
      int rows = proven.get(i).count();
      long gone = answered[i] != rows ? answered[i] : after[i] - before[i];
      if (gone != rows) {
        throw new UnprovenDeleteException(proven.get(i).shape().table(), rows, gone);
      }
    }
  }

  /**
   * Deletes from all tables in one statement: foreign keys are looked at when it is over, so that
   * rows which refer to one another in a circle can go together. By place alone: a row that this
   * transaction has locked can be nowhere else.
   */
  private long[] deleteAll() throws SQLException {
    StringBuilder deletes = new StringBuilder("WITH ");
    StringBuilder counts = new StringBuilder(" SELECT ");
    for (int i = 0; i < proven.size(); i++) {
      deletes.append(
          "%sarc_d%d AS (DELETE FROM ONLY %s AS r WHERE r.ctid = ANY (?::tid[]) RETURNING 1)"
              .formatted(i == 0 ? "" : ", ", i, proven.get(i).shape().table().sql()));
      counts.append("%s(SELECT count(*) FROM arc_d%d)".formatted(i == 0 ? "" : ", ", i));
    }
    String sql = deletes.append(counts).toString();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < proven.size(); i++) {
        statement.setObject(i + 1, proven.get(i).places(), Types.OTHER);
      }
      long[] deleted = new long[proven.size()];
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        for (int i = 0; i < deleted.length; i++) {
          deleted[i] = row.getLong(i + 1);
        }
      }
      return deleted;
    }
  }

  /**
   * Rows that this session has deleted from each table, cascades and triggers included: what the
   * answers to our own DELETEs do not tell.
   */
  private long[] deletedSoFar() throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT pg_stat_get_xact_tuples_deleted(t.name::regclass)
            FROM unnest(?::text[]) WITH ORDINALITY AS t (name, ord) ORDER BY t.ord
            """)) {
      query.setString(
          1, TextArray.write(proven.stream().map(rows -> rows.shape().table().sql()).toList()));
      long[] deleted = new long[proven.size()];
      try (ResultSet rows = query.executeQuery()) {
        for (int i = 0; rows.next(); i++) {
          deleted[i] = rows.getLong(1);
        }
      }
      return deleted;
    }
  }
}
