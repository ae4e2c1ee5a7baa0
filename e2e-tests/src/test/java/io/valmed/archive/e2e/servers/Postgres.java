package io.valmed.archive.e2e.servers;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A PostgreSQL that writes every commit to disk. */
public interface Postgres extends Server {

  InetSocketAddress address();

  /** Every host that may be the primary, as an address of a database names them. */
  default String hosts() {
    return address().getHostString() + ":" + address().getPort();
  }

  String superuser();

  /** File of mode 600 whose first line is the superuser's password. */
  Path passwordFile();

  /** A connection as superuser, in auto-commit mode. */
  Connection connect(String database) throws SQLException;

  /** Creates a database whose texts are UTF-8. */
  void createDatabase(String name);

  /** Every session is cut off, nothing is written; down until {@link #start}, which recovers. */
  void stopAtOnce();
}
