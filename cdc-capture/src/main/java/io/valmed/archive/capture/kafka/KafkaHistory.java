package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.model.topic.SchemaRecord.TableParked;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads back where earlier runs stood. */
public final class KafkaHistory {
  private final Settings settings;

  public KafkaHistory(Settings settings) {
    this.settings = settings;
  }

  /**
   * Reads the offsets topic and the schema topic whole. To be called when this run has fenced off
   * all others, or what it tells may be out of date.
   *
   * @throws StopException when a record there is not of this product
   */
  public StoredState read() {
    try (WholeTopic topic = new WholeTopic(settings.kafka(), settings.prefix() + "-history")) {
      byte @Nullable [] stored = offset(topic);
      @Nullable SourceOffset offset = stored == null ? null : OffsetFormat.read(stored);
      Positions written = stored == null ? Positions.NONE : OffsetFormat.written(stored);
      @Nullable Epoch epoch = null;
      Map<TableId, TableSchema> versions = new HashMap<>();
      List<TableParked> parked = new ArrayList<>();
      @Nullable Installed installed = null;
      for (ConsumerRecord<byte[], byte[]> record : topic.read(settings.topics().schema())) {
        if (record.value() == null) {
          continue;
        }
        SchemaRecord read = SchemaRecord.read(record.value());
        if (read instanceof EpochState state
            && (epoch == null || state.epoch().number() >= epoch.number())) {
          epoch = state.epoch();
        } else if (read instanceof TableVersion version) {
          versions.merge(
              version.schema().table(),
              version.schema(),
              (a, b) -> b.version() >= a.version() ? b : a);
        } else if (read instanceof TableParked table) {
          parked.add(table);
        } else if (read instanceof Installed whose) {
          installed = whose;
        }
      }
      return new StoredState(
          offset, epoch, versions, of(epoch, parked), written, installed, !parked.isEmpty());
    } catch (MalformedChangeException e) {
      throw foreign(settings.topics().schema(), e);
    } catch (IOException e) {
      throw foreign(settings.topics().captureOffsets(), e);
    }
  }

  private static Map<TableId, String> of(@Nullable Epoch epoch, List<TableParked> parked) {
    Map<TableId, String> reasons = new HashMap<>();
    for (TableParked table : parked) {
      if (epoch != null && table.epoch() == epoch.number()) {
        reasons.put(table.table(), table.reason());
      }
    }
    return reasons;
  }

  private byte @Nullable [] offset(WholeTopic topic) {
    byte[] key = OffsetFormat.key(settings.capture().slot());
    byte @Nullable [] offset = null;
    for (ConsumerRecord<byte[], byte[]> record : topic.read(settings.topics().captureOffsets())) {
      if (Arrays.equals(key, record.key())) {
        offset = record.value();
      }
    }
    return offset;
  }

  static StopException foreign(String topic, Exception cause) {
    return new StopException(
        "Topic "
            + topic
            + " holds a record that this version cannot read. Use another prefix, or a newer"
            + " version of the product.",
        cause);
  }
}
