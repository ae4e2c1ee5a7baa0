package io.valmed.archive.model.topic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.change.MalformedChangeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record of the alarms topic: something that a person should know of. Never holds a column's
 * value.
 *
 * @param kind {@code truncate}, {@code message}, {@code unknown-table}, {@code parked}, {@code
 *     held}, {@code purge-origin} or {@code failover}; later versions may write others
 * @param table the table as {@code TableId.toString()}, if there is one
 * @param detail what happened, in sentences
 * @param epoch the epoch
 * @param lsn where in hot's WAL, as PostgreSQL writes it; 0/0: nowhere
 * @param txid the transaction's 32-bit id; 0: none
 * @param committedAtMicros when it was committed by hot's clock, microseconds since 1970; 0: never
 * @param origin the transaction's replication origin, if it has one
 */
public record AlarmRecord(
    String kind,
    @Nullable String table,
    String detail,
    int epoch,
    String lsn,
    long txid,
    long committedAtMicros,
    @Nullable String origin) {
  private static final JsonFactory JSON = new JsonFactory();

  /** What capture holds itself, for as long as the cause is there, or what no purge concerns. */
  private static final Set<String> NO_HOLD =
      Set.of("held", "parked", "unknown-table", "message", "failover");

  /** Whether the table's purge is to be held until a person has looked. */
  public boolean holds() {
    return table != null && !NO_HOLD.contains(kind);
  }

  /** The record's value. */
  public byte[] value() {
    ByteArrayBuilder bytes = new ByteArrayBuilder();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("kind", kind);
      if (table != null) {
        out.writeStringField("table", table);
      }
      out.writeStringField("detail", detail);
      out.writeNumberField("epoch", epoch);
      out.writeStringField("lsn", lsn);
      out.writeNumberField("txid", txid);
      out.writeNumberField("committed_at_us", committedAtMicros);
      if (origin != null) {
        out.writeStringField("origin", origin);
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a record's value; what a later version adds is passed over.
   *
   * @throws MalformedChangeException when it is no alarm
   */
  public static AlarmRecord read(byte[] value) throws MalformedChangeException {
    @Nullable String kind = null;
    @Nullable String table = null;
    @Nullable String detail = null;
    @Nullable String origin = null;
    String lsn = "0/0";
    int epoch = 0;
    long txid = 0;
    long committed = 0;
    try (JsonParser in = JSON.createParser(value)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedChangeException("an alarm is no JSON object");
      }
      for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
        in.nextToken();
        switch (member) {
          case "kind" -> kind = in.getText();
          case "table" -> table = in.getText();
          case "detail" -> detail = in.getText();
          case "epoch" -> epoch = in.getIntValue();
          case "lsn" -> lsn = Lsn.text(Lsn.parse(in.getText()));
          case "txid" -> txid = in.getLongValue();
          case "committed_at_us" -> committed = in.getLongValue();
          case "origin" -> origin = in.getText();
          default -> in.skipChildren();
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedChangeException("an alarm is not in the form that capture writes");
    }
    if (kind == null || detail == null) {
      throw new MalformedChangeException("an alarm does not say what it is");
    }
    return new AlarmRecord(kind, table, detail, epoch, lsn, txid, committed, origin);
  }
}
