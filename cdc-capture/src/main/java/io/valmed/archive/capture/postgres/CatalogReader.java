package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Asks hot's catalogs, on a connection that is opened at need. Used by one thread. */
public final class CatalogReader implements Catalog, AutoCloseable {
  private final DatabaseLogin hot;
  private @Nullable Connection connection;

  public CatalogReader(DatabaseLogin hot) {
    this.hot = hot;
  }

  @Override
  public @Nullable Description describe(long relation) throws SQLException {
    Connection open = connection;
    if (open == null || !open.isValid(5)) {
      open = HotSession.open(hot, "valmed-archive capture catalog");
      connection = open;
      try (Statement settings = open.createStatement()) {
        settings.execute(RowDigest.SESSION_SETTINGS);
      }
    }
    return new TableDescriptions(open).of(relation);
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
