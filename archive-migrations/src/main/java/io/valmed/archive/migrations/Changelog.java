package io.valmed.archive.migrations;

import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which migrations a database has, and the checksums of the scripts as they were applied. */
final class Changelog {
  private final Connection connection;
  private final Target target;

  Changelog(Connection connection, Target target) {
    this.connection = connection;
    this.target = target;
  }

  /**
   * A migration that was applied.
   *
   * @param appliedAt in UTC
   */
  record Line(long id, String description, String checksum, String appliedAt) {}

  /** The statements that create the changelog where it is missing. */
  static String creation(Target target) {
    return """
        CREATE SCHEMA IF NOT EXISTS %s;
        CREATE TABLE IF NOT EXISTS %s (
          id           bigint PRIMARY KEY,
          applied_at   text NOT NULL,
          description  text NOT NULL,
          checksum     text
        );
        """
        .formatted(target.schema(), target.changelog());
  }

  /** The statement that records the script's checksum, and the time by the server's clock. */
  static String checksumUpdate(Target target, MigrationScript script) {
    return """
        UPDATE %s
        SET checksum = '%s',
            applied_at = to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        WHERE id = %d;
        """
        .formatted(target.changelog(), script.checksum(), script.id());
  }

  boolean exists() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?)")) {
      statement.setString(1, target.changelog());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1) != null;
      }
    }
  }

  void create() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(creation(target));
    }
  }

  /** Removes a changelog without lines, and the product's schema with it when that is empty. */
  void dropIfEmpty() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + target.changelog())) {
        row.next();
        if (row.getLong(1) > 0) {
          return;
        }
      }
      statement.execute("DROP TABLE " + target.changelog());
      if (!target.schema().equals("public")) {
        statement.execute("CALL pg_temp.drop_if_empty('" + target.schema() + "')");
      }
    }
  }

  void seal(MigrationScript script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(checksumUpdate(target, script));
    }
  }

  /** The lines by number. */
  Map<Long, Line> read() throws SQLException {
    Map<Long, Line> lines = new TreeMap<>();
    String sql =
        "SELECT id, description, coalesce(checksum, ''), applied_at FROM " + target.changelog();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        long id = row.getLong(1);
        lines.put(id, new Line(id, row.getString(2), row.getString(3), row.getString(4)));
      }
    }
    return lines;
  }

  /**
   * Compares what was applied with this release's scripts.
   *
   * @throws StopException when an applied script is unknown or has changed since, or one was left
   *     out
   */
  Map<Long, Line> readChecked(List<MigrationScript> scripts) throws SQLException {
    Map<Long, Line> lines = read();
    for (Line line : lines.values()) {
      MigrationScript script =
          scripts.stream()
              .filter(s -> s.id() == line.id())
              .findFirst()
              .orElseThrow(() -> unknown(line));
      if (!script.checksum().equals(line.checksum())) {
        throw new StopException(
            "Migration %s of the %s database was changed after it had been applied; use the release that applied it, or restore the script."
                .formatted(script.title(), target.word()));
      }
    }
    long newest = lines.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    for (MigrationScript script : scripts) {
      if (script.id() < newest && !lines.containsKey(script.id())) {
        throw new StopException(
            "Migration %s of the %s database was left out although newer ones are applied; undo those first (down)."
                .formatted(script.title(), target.word()));
      }
    }
    return lines;
  }

  private StopException unknown(Line line) {
    return new StopException(
        "The %s database has migration %03d %s, which this release does not know; use the release that applied it, or a newer one."
            .formatted(target.word(), line.id(), line.description()));
  }
}
