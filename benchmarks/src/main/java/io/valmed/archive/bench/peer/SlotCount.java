package io.valmed.archive.bench.peer;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** Reads pgoutput's stream, counts the inserted rows and throws them away. */
public final class SlotCount {
  private SlotCount() {}

  /**
   * Arguments: a file with database, slot and publication, how many rows are not timed, and how
   * many there are in all.
   */
  public static void main(String[] arguments) throws Exception {
    Properties all = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      all.load(in);
    }
    long warm = Long.parseLong(arguments[1]);
    long wanted = Long.parseLong(arguments[2]);
    try (Connection connection = connect(all);
        PGReplicationStream stream =
            connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(all.getProperty("slot.name"))
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", all.getProperty("publication.name"))
                .start()) {
      count(stream, warm, wanted);
      // The rest of the process's life is for being measured.
      Thread.currentThread().join();
    }
  }

  private static void count(PGReplicationStream stream, long warm, long wanted) throws Exception {
    long first = 0;
    long counted = 0;
    while (counted < wanted) {
      ByteBuffer message = stream.read();
      if (message.get() == 'I') {
        if (counted == warm) {
          first = now();
          System.out.println("warm");
          System.out.flush();
        }
        counted++;
      }
    }
    System.out.println("read " + first + " " + now() + " " + (wanted - warm));
    System.out.flush();
  }

  private static Connection connect(Properties all) throws Exception {
    Properties login = new Properties();
    login.setProperty("user", all.getProperty("database.user"));
    login.setProperty("password", all.getProperty("database.password"));
    login.setProperty("replication", "database");
    login.setProperty("assumeMinServerVersion", "10");
    login.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                all.getProperty("database.hostname"),
                all.getProperty("database.port"),
                all.getProperty("database.dbname")),
        login);
  }

  private static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
