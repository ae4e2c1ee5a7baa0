package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.Batch;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The connection's stages: for each version of a table one for images, one for departures. */
final class Stages {
  private record Version(TableId table, int version) {}

  /** The two stages of one version. */
  record Pair(Stage images, Stage departures) {}

  private final Connection connection;
  private final Map<Version, Pair> pairs = new HashMap<>();

  Stages(Connection connection) {
    this.connection = connection;
  }

  /** Makes the stages that the batch needs, in a transaction of their own, and finds all empty. */
  void begin(Batch batch) throws SQLException {
    boolean made = false;
    for (List<Received> records : batch.tables().values()) {
      int last = 0;
      for (Received received : records) {
        TableSchema schema = received.schema();
        if (schema.version() != last && !pairs.containsKey(version(schema))) {
          make(schema);
          made = true;
        }
        last = schema.version();
      }
    }
    if (made) {
      connection.commit();
    }
    for (Pair pair : pairs.values()) {
      pair.images().begin();
      pair.departures().begin();
    }
  }

  Pair of(TableSchema schema) {
    return Objects.requireNonNull(pairs.get(version(schema)));
  }

  private void make(TableSchema schema) throws SQLException {
    int number = pairs.size();
    pairs.put(
        version(schema),
        new Pair(
            Stage.create(connection, "arc_images_" + number, schema),
            Stage.create(connection, "arc_departures_" + number, schema)));
  }

  private static Version version(TableSchema schema) {
    return new Version(schema.table(), schema.version());
  }
}
