package io.valmed.archive.capture.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.valmed.archive.capture.Alarm;
import io.valmed.archive.model.Lsn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The records of the alarms topic: no key, one JSON object the value. */
final class AlarmFormat {
  private static final JsonFactory JSON = new JsonFactory();

  private AlarmFormat() {}

  static byte[] write(Alarm alarm) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("kind", alarm.kind());
      if (alarm.table() != null) {
        out.writeStringField("table", alarm.table().toString());
      }
      out.writeStringField("detail", alarm.detail());
      out.writeNumberField("epoch", alarm.epoch());
      out.writeStringField("lsn", Lsn.text(alarm.place().lsn()));
      out.writeNumberField("txid", alarm.place().txid());
      out.writeNumberField("committed_at_us", alarm.place().committedAtMicros());
      if (alarm.place().origin() != null) {
        out.writeStringField("origin", alarm.place().origin());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
