package io.valmed.archive.e2e.support;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Checks the purge journal against the cold store, by SQL of its own. */
public final class Journal {
  private static final String OPEN_PAGES =
      "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'";

  private Journal() {}

  /** Rows of committed pages. */
  public static long purged(Installation installation) throws SQLException {
    return installation.countInArchive(
        "SELECT coalesce(sum(rows), 0) FROM arc.purge_page WHERE outcome = 'committed'");
  }

  /** The rows of committed pages are the purged rows of the cold store, one for one, equal. */
  public static void everyPurgedRowIsWitnessed(Installation installation) throws SQLException {
    Findings findings = new Findings();
    compare(installation, findings);
    findings.assertNone();
  }

  static void compare(Installation installation, Findings findings) throws SQLException {
    long open = installation.countInArchive(OPEN_PAGES);
    if (open > 0) {
      findings.unproven().add(open + " pages whose outcome is unknown");
    }
    for (WorldTable table : installation.world().tables()) {
      Map<String, Integer> surplus = new HashMap<>();
      journal(installation, table).forEach(row -> surplus.merge(row, 1, Integer::sum));
      witnesses(installation, table).forEach(row -> surplus.merge(row, -1, Integer::sum));
      surplus.forEach(
          (row, times) -> {
            if (times > 0) {
              findings.unproven().add("in the journal without a witness: " + row);
            } else if (times < 0) {
              findings.unproven().add("purged without the journal: " + row);
            }
          });
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
