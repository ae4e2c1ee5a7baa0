package io.valmed.archive.model.topic;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON form of an epoch's members. */
public final class EpochFormat {
  private EpochFormat() {}

  public static void write(JsonGenerator out, Epoch epoch) throws IOException {
    out.writeStringField("kind", "epoch");
    out.writeNumberField("epoch", epoch.number());
    out.writeStringField("system_id", epoch.systemId());
    out.writeNumberField("timeline", epoch.timeline());
    out.writeBooleanField("snapshot_complete", epoch.snapshotComplete());
    out.writeFieldName("snapshot_end");
    epoch.snapshotEnd().write(out);
    if (!epoch.begins().next().isEmpty()) {
      out.writeFieldName("begins");
      epoch.begins().write(out);
    }
    if (epoch.snapshotLsn() != 0) {
      out.writeStringField("snapshot_lsn", Lsn.text(epoch.snapshotLsn()));
    }
    if (!epoch.tables().isEmpty()) {
      out.writeArrayFieldStart("tables");
      for (Map.Entry<TableId, Long> table : epoch.tables().entrySet()) {
        out.writeStartObject();
        out.writeStringField("schema", table.getKey().schema());
        out.writeStringField("table", table.getKey().name());
        out.writeNumberField("rows", table.getValue());
        out.writeEndObject();
      }
      out.writeEndArray();
    }
  }

  /** Each table's rows. */
  public static SortedMap<TableId, Long> tables(JsonParser in) throws IOException {
    SortedMap<TableId, Long> tables = new TreeMap<>(Comparator.comparing(TableId::toString));
    while (in.nextToken() != JsonToken.END_ARRAY) {
      String schema = "";
      String name = "";
      long rows = 0;
      for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
        in.nextToken();
        switch (member) {
          case "schema" -> schema = in.getText();
          case "table" -> name = in.getText();
          case "rows" -> rows = in.getLongValue();
          default -> in.skipChildren();
        }
      }
      tables.put(new TableId(schema, name), rows);
    }
    return tables;
  }
}
