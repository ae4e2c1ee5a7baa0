package io.valmed.archive.purge;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A superuser's session in a database of a test. */
record TestSession(Connection connection) implements AutoCloseable {

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<String> list(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> list = new ArrayList<>();
      while (rows.next()) {
        list.add(String.valueOf(rows.getString(1)));
      }
      return list;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
