package io.valmed.archive.bench.peer;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.connect.source.SourceRecord;

/** Debezium's engine with raw records, which are counted and dropped. */
public final class EngineCount {
  private final long warm;
  private final long wanted;
  private long counted;
  private long first;
  private long counting;

  private EngineCount(long warm, long wanted) {
    this.warm = warm;
    this.wanted = wanted;
  }

  /**
   * Arguments: a file of the engine's properties, how many rows are not timed, and how many there
   * are in all.
   */
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      properties.load(in);
    }
    EngineCount count = new EngineCount(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
    try (DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(properties)
            .notifying(count::take)
            .build()) {
      engine.run();
    }
  }

  private void take(
      List<RecordChangeEvent<SourceRecord>> records,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    if (first == 0 && counted >= warm) {
      first = now();
      counting = counted;
      System.out.println("warm");
      System.out.flush();
    }
    counted += records.size();
    committer.markProcessed(records.get(records.size() - 1));
    committer.markBatchFinished();
    if (counted == wanted) {
      System.out.println("read " + first + " " + now() + " " + (counted - counting));
      System.out.flush();
    }
  }

  private static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
