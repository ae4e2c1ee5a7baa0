package io.valmed.archive.operations.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A status as JSON, on one line; what is not known is null. Times are ISO-8601 in UTC. */
public final class StatusJson {
  private static final JsonFactory JSON = new JsonFactory();

  private StatusJson() {}

  private interface Body {
    void write(JsonObject json) throws IOException;
  }

  /** Everything; one line, without its end. */
  public static byte[] status(Status status) {
    return bytes(json -> whole(json, status));
  }

  /** Where each partition and table is. */
  public static byte[] lag(Status status) {
    return bytes(
        json -> {
          json.put("at", status.measured().at());
          partitions(json, status);
          json.list(
              "tables",
              status.motion().tables(),
              (one, lag) ->
                  one.put("table", lag.table())
                      .put("records", lag.records())
                      .put("seconds", lag.seconds()));
        });
  }

  private static void whole(JsonObject json, Status status) throws IOException {
    Measurement seen = status.measured();
    json.put("at", seen.at())
        .put("state", status.state().label())
        .put("sentence", status.sentence())
        .put("cause", status.cause() == null ? null : status.cause().label())
        .put("action", status.action())
        .put("prefix", seen.prefix());
    json.list("hops", status.hops(), StatusJson::hop);
    json.list(
        "servers",
        seen.servers(),
        (one, server) ->
            one.put("server", server.server())
                .put("address", server.address())
                .put("trouble", server.trouble()));
    json.object("slot", seen.slot(), (one, slot) -> slot(one, slot, status.motion()));
    json.object(
        "capture",
        seen.capture(),
        (one, capture) ->
            one.put("bytesBehind", capture.bytesBehind())
                .put("decoding", capture.decoding())
                .put("snapshot", capture.snapshot())
                .put("seconds", capture.passedSeconds()));
    json.object(
        "trip",
        seen.trip(),
        (one, trip) ->
            one.put("hotSeconds", trip.hotSeconds())
                .put("archiveSeconds", trip.archiveSeconds())
                .put("provenSeconds", trip.provenSeconds()));
    json.object(
        "purge",
        seen.purge(),
        (one, purge) ->
            one.put("running", purge.running())
                .put("lastRun", purge.lastRun())
                .put("holds", purge.holds()));
    json.object(
        "open",
        seen.open(),
        (one, open) ->
            one.put("alarms", open.alarms())
                .put("quarantined", open.quarantined())
                .put("openPages", open.openPages())
                .put("unwitnessedRows", open.unwitnessedRows())
                .put("parked", open.parked()));
    json.list("tables", seen.tables(), StatusJson::table);
  }

  private static void hop(JsonObject json, HopStatus hop) throws IOException {
    json.put("hop", hop.hop().label())
        .put("state", hop.state().label())
        .put("seconds", hop.seconds())
        .put("records", hop.records())
        .put("bytes", hop.bytes())
        .put("secondsToCatchUp", hop.secondsToCatchUp())
        .put("reason", hop.reason())
        .put("action", hop.action());
  }

  private static void slot(JsonObject json, Measurement.SlotSeen slot, Motion motion)
      throws IOException {
    json.put("name", slot.name())
        .put("exists", slot.exists())
        .put("active", slot.active())
        .put("reader", slot.reader())
        .put("walStatus", slot.walStatus())
        .put("retainedBytes", slot.retainedBytes())
        .put("safeBytes", slot.safeBytes())
        .put("walLsn", slot.walLsn())
        .put("walBytesPerSecond", motion.walBytesPerSecond())
        .put("horizonSeconds", motion.horizonSeconds());
  }

  private static void table(JsonObject json, Measurement.TableSeen table) throws IOException {
    json.put("table", table.table())
        .put("role", table.role())
        .put("hotRows", table.hotRows())
        .put("hotBytes", table.hotBytes())
        .put("hotIndexBytes", table.hotIndexBytes())
        .put("mirrorRows", table.mirrorRows())
        .put("mirrorBytes", table.mirrorBytes())
        .put("coldRows", table.coldRows())
        .put("coldBytes", table.coldBytes())
        .put("eligibleRows", table.eligibleRows())
        .put("oldestEligible", table.oldestEligible())
        .put("purgedRows", table.purgedRows())
        .put("holds", table.holds())
        .put("quarantined", table.quarantined())
        .put("verifiedAt", table.verifiedAt())
        .put("verified", table.verified());
  }

  private static void partitions(JsonObject json, Status status) throws IOException {
    Map<String, Motion.PartitionMotion> motions = new HashMap<>();
    status
        .motion()
        .partitions()
        .forEach(one -> motions.put(one.topic() + "/" + one.partition(), one));
    boolean known = status.measured().sink() != null;
    json.list(
        "partitions",
        status.measured().partitions(),
        (one, seen) -> {
          Motion.PartitionMotion motion = motions.get(seen.topic() + "/" + seen.partition());
          one.put("topic", seen.topic())
              .put("partition", seen.partition())
              .put("table", seen.table())
              .put("end", seen.end())
              .put("position", seen.position())
              .put("records", known ? seen.behind() : null)
              .put("recordsPerSecond", motion == null ? null : motion.recordsPerSecond())
              .put("seconds", motion == null ? null : motion.seconds());
        });
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      body.write(new JsonObject(json));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes the members of an object that is open. */
  private static final class JsonObject {
    private final JsonGenerator json;

    JsonObject(JsonGenerator json) {
      this.json = json;
    }

    interface Members<T> {
      void write(JsonObject json, T value) throws IOException;
    }

    JsonObject put(String name, @Nullable Object value) throws IOException {
      json.writeFieldName(name);
      if (value == null) {
        json.writeNull();
      } else if (value instanceof Boolean flag) {
        json.writeBoolean(flag);
      } else if (value instanceof Double number) {
        json.writeNumber(Math.round(number * 1000) / 1000.0);
      } else if (value instanceof Number number) {
        json.writeNumber(number.longValue());
      } else if (value instanceof List<?> texts) {
        json.writeStartArray();
        for (Object text : texts) {
          json.writeString(text.toString());
        }
        json.writeEndArray();
      } else {
        json.writeString(value.toString());
      }
      return this;
    }

    <T> void object(String name, @Nullable T value, Members<T> members) throws IOException {
      json.writeFieldName(name);
      if (value == null) {
        json.writeNull();
        return;
      }
      json.writeStartObject();
      members.write(this, value);
      json.writeEndObject();
    }

    <T> void list(String name, List<T> values, Members<T> members) throws IOException {
      json.writeArrayFieldStart(name);
      for (T value : values) {
        json.writeStartObject();
        members.write(this, value);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }
}
