package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hold.HoldTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.HoldSwitch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads both databases' hold switches. */
public final class OpenHolds implements HoldSwitch {

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
    List<String> scopes = tables.stream().map(TableId::toString).toList();
    @Nullable String inHot = new HoldTable(hot, prefix).first(scopes);
    return inHot != null ? inHot : new HoldTable(archive, prefix).first(scopes);
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
}
