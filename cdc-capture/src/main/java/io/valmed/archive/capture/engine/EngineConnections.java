package io.valmed.archive.capture.engine;

import io.debezium.jdbc.JdbcConfiguration;
import io.valmed.archive.capture.debezium.HotConnections;
import io.valmed.archive.capture.debezium.WatchedConnection;
import java.sql.Connection;
import java.sql.SQLException;

/** The engine's connections: those of the direct stream, but for what its reader makes neutral. */
public final class EngineConnections extends HotConnections {
  static final String WIRE = "archive.wire";

  /** Made by the connector, by name. */
  public EngineConnections() {}

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    Wire wire = Wire.of(config.getString(WIRE));
    try {
      return super.connect(config);
    } catch (SQLException e) {
      // The connector would try again by itself, or tell of it in words of its own.
      wire.failed(e);
      throw e;
    }
  }

  @Override
  protected Connection replication(Connection connection, JdbcConfiguration config)
      throws SQLException {
    Wire wire = Wire.of(config.getString(WIRE));
    wire.readsWith(connection);
    return WatchedConnection.of(connection, wire::over);
  }
}
