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

/**
 * The connection's stages: for each version of a table one for images, one for departures, one for
 * keys.
 */
final class Stages {
  private record Version(TableId table, int version) {}

  /** The stages of one version. */
  record Three(Stage images, Stage departures, Stage keys) {
    private void begin() {
      images.begin();
      departures.begin();
      keys.begin();
    }
  }

  private final Connection connection;
  private final Map<Version, Three> sets = new HashMap<>();

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
        if (schema.version() != last && !sets.containsKey(version(schema))) {
          make(schema);
          made = true;
        }
        last = schema.version();
      }
    }
    if (made) {
      connection.commit();
    }
    sets.values().forEach(Three::begin);
  }

  /** The stages of the version, which the batch must have. */
  Three of(TableSchema schema) {
    return Objects.requireNonNull(sets.get(version(schema)));
  }

  private void make(TableSchema schema) throws SQLException {
    int number = sets.size();
    sets.put(
        version(schema),
        new Three(
            Stage.ofRows(connection, "arc_images_" + number, schema),
            Stage.ofRows(connection, "arc_departures_" + number, schema),
            Stage.ofKeys(connection, "arc_keys_" + number, schema)));
  }

  private static Version version(TableSchema schema) {
    return new Version(schema.table(), schema.version());
  }
}
