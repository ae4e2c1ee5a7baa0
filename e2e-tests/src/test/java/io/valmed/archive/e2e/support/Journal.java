package io.valmed.archive.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Checks the purge journal against the cold store, by SQL of its own. */
public final class Journal {
  private Journal() {}

  /** Rows of committed pages. */
  public static long purged(Installation installation) throws SQLException {
    return installation.countInArchive(
        "SELECT coalesce(sum(rows), 0) FROM arc.purge_page WHERE outcome = 'committed'");
  }

  /** The rows of committed pages are the purged rows of the cold store, one for one, equal. */
  public static void everyPurgedRowIsWitnessed(Installation installation) throws SQLException {
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'"))
        .as("pages whose outcome is unknown")
        .isZero();
    for (WorldTable table : installation.world().tables()) {
      assertThat(witnesses(installation, table))
          .as("witnesses of " + table.id())
          .containsExactlyInAnyOrderElementsOf(journal(installation, table));
    }
  }

  private static List<String> journal(Installation installation, WorldTable table)
      throws SQLException {
    return texts(
        installation,
        """
        SELECT (p.hot_xid & 4294967295)::text || ' ' || r.key::text || ' ' || encode(r.digest, 'hex')
        FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
        WHERE p.outcome = 'committed' AND r.table_name = %s
        """
            .formatted(Sql.literal(table.id().toString())));
  }

  private static List<String> witnesses(Installation installation, WorldTable table)
      throws SQLException {
    String key =
        table.key().stream()
            .map(column -> "c." + Sql.identifier(column) + "::text")
            .collect(Collectors.joining(", "));
    return texts(
        installation,
        """
        SELECT c.arc_txid::text || ' ' || (ARRAY[%s])::text || ' ' || encode(%s, 'hex')
        FROM %s c WHERE c.arc_cause = 'purged'
        """
            .formatted(key, RowDigest.expression("c", table.columns()), table.id().cold().sql()));
  }

  private static List<String> texts(Installation installation, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = installation.archiveAsOwner();
        Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
    }
    return texts;
  }
}
