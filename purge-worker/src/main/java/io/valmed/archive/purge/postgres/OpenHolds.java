package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.HoldSwitch;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads both databases' hold switches. */
public final class OpenHolds implements HoldSwitch {
  private static final String SQL =
      """
      SELECT scope, reason, held_by FROM arc.purge_hold
      WHERE released_at IS NULL AND scope = ANY (?::text[]) AND prefix IN ('', ?) ORDER BY id LIMIT 1
      """;

  private static final String BAR = "LOCK TABLE arc.purge_hold IN SHARE MODE";

  private final Connection hot;
  private final Connection archive;
  private final String prefix;

  /**
   * @param hot a session in hot; if a transaction is open in it, the switch is read in it
   * @param archive a session in the archive
   * @param prefix the installation whose holds count, beside those of all
   */
  public OpenHolds(Connection hot, Connection archive, String prefix) {
    this.prefix = prefix;
    this.hot = hot;
    this.archive = archive;
  }

  @Override
  public @Nullable String held(Collection<TableId> tables) throws SQLException {
    List<String> scopes = new ArrayList<>();
    scopes.add("*");
    tables.forEach(table -> scopes.add(table.toString()));
    String literal = TextArray.write(scopes);
    @Nullable String inHot = read(hot, literal);
    return inHot != null ? inHot : read(archive, literal);
  }

  /**
   * Whoever sets a hold now waits until the page's transaction has ended: once it is set, no page
   * that had not seen it can commit, however long its worker was frozen. The archive's lock may not
   * outlast hot's, nor hot's the archive's for long: both end by the servers' {@code
   * transaction_timeout}, hot's first.
   */
  @Override
  public @Nullable String bar(Collection<TableId> tables) throws SQLException {
    if (hot.getAutoCommit()) {
      throw new IllegalStateException("holds are barred in a page's transaction only");
    }
    archive.setAutoCommit(false);
    execute(archive, BAR);
    execute(hot, BAR);
    return held(tables);
  }

  @Override
  public void confirm() throws SQLException {
    execute(archive, "SELECT");
  }

  @Override
  public void unbar() throws SQLException {
    if (!archive.getAutoCommit()) {
      archive.rollback();
      archive.setAutoCommit(true);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private @Nullable String read(Connection connection, String scopes) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      query.setString(1, scopes);
      query.setString(2, prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? "%s is held by %s: %s".formatted(row.getString(1), row.getString(3), row.getString(2))
            : null;
      }
    }
  }
}
