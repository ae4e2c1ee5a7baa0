package io.valmed.archive.model.topic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.MalformedChangeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the schema topic holds: whose it is, versions of tables, epochs, tables that are parked. */
public sealed interface SchemaRecord {

  /** The record's key: one per version of a table, one per epoch, one per parked table. */
  byte[] key();

  /** The record's value. */
  byte[] value();

  /** A version of a table's columns. */
  record TableVersion(TableSchema schema) implements SchemaRecord {
    @Override
    public byte[] key() {
      return Format.object(
          out -> {
            out.writeStringField("table", schema.table().toString());
            out.writeNumberField("version", schema.version());
          });
    }

    @Override
    public byte[] value() {
      return Format.object(out -> Format.writeSchema(out, schema));
    }
  }

  /** An epoch's beginning, or its snapshot's end. */
  record EpochState(Epoch epoch) implements SchemaRecord {
    @Override
    public byte[] key() {
      return Format.object(out -> out.writeNumberField("epoch", epoch.number()));
    }

    @Override
    public byte[] value() {
      return Format.object(out -> EpochFormat.write(out, epoch));
    }
  }

  /**
   * A table whose changes go to the parked topic from here on, until another epoch begins.
   *
   * @param table the table as the policy names it
   * @param epoch the epoch in which this holds; in a later one it does not
   * @param reason what happened to the table and what to do, for people
   */
  record TableParked(TableId table, int epoch, String reason) implements SchemaRecord {
    @Override
    public byte[] key() {
      return Format.object(out -> out.writeStringField("parked", table.toString()));
    }

    @Override
    public byte[] value() {
      return Format.object(
          out -> {
            out.writeStringField("kind", "parked");
            out.writeStringField("schema", table.schema());
            out.writeStringField("table", table.name());
            out.writeNumberField("epoch", epoch);
            out.writeStringField("reason", reason);
          });
    }
  }

  /**
   * How far the parked topic has been gone through for rows that came and went there.
   *
   * @param prefix begins the topics' names
   * @param next the offset behind the last record of it that has been looked at
   */
  record ParkedReturned(String prefix, long next) implements SchemaRecord {
    @Override
    public byte[] key() {
      return Format.object(out -> out.writeStringField("parked_returned", prefix));
    }

    @Override
    public byte[] value() {
      return Format.object(
          out -> {
            out.writeStringField("kind", "parked_returned");
            out.writeStringField("prefix", prefix);
            out.writeNumberField("next", next);
          });
    }
  }

  /**
   * Whose history the topics hold.
   *
   * @param prefix begins the topics' names
   * @param installation which installation it is
   * @param archive its archive; null: not known when this was written
   * @param systemId hot's system identifier
   * @param databaseOid the hot database's oid
   * @param database its name
   */
  record Installed(
      String prefix,
      UUID installation,
      @Nullable UUID archive,
      String systemId,
      long databaseOid,
      String database)
      implements SchemaRecord {
    @Override
    public byte[] key() {
      return Format.object(out -> out.writeStringField("installation", prefix));
    }

    @Override
    public byte[] value() {
      return Format.object(
          out -> {
            out.writeStringField("kind", "installation");
            out.writeStringField("prefix", prefix);
            out.writeStringField("installation", installation.toString());
            if (archive != null) {
              out.writeStringField("archive", archive.toString());
            }
            out.writeStringField("system_id", systemId);
            out.writeNumberField("database_oid", databaseOid);
            out.writeStringField("database", database);
          });
    }
  }

  /**
   * A record of a kind that this reader has no use for: it is passed over, so that writers may add
   * kinds. Read only, never written.
   *
   * @param kind what the record calls itself
   */
  record Other(String kind) implements SchemaRecord {
    @Override
    public byte[] key() {
      throw new UnsupportedOperationException("only its writer knows the key of a " + kind);
    }

    @Override
    public byte[] value() {
      throw new UnsupportedOperationException("only its writer knows the value of a " + kind);
    }
  }

  /**
   * Reads a value of the schema topic.
   *
   * @throws MalformedChangeException when the bytes name no kind, or are not what their kind says
   */
  static SchemaRecord read(byte[] value) throws MalformedChangeException {
    return Format.read(value);
  }

  /** The JSON forms. */
  final class Format {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> KINDS =
        Set.of("table", "epoch", "parked", "parked_returned", "installation");

    private Format() {}

    private interface Members {
      void write(JsonGenerator out) throws IOException;
    }

    private static byte[] object(Members members) {
      ByteArrayBuilder buffer = new ByteArrayBuilder();
      try (JsonGenerator out = JSON.createGenerator(buffer)) {
        out.writeStartObject();
        members.write(out);
        out.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return buffer.toByteArray();
    }

    private static void writeSchema(JsonGenerator out, TableSchema schema) throws IOException {
      out.writeStringField("kind", "table");
      out.writeStringField("schema", schema.table().schema());
      out.writeStringField("table", schema.table().name());
      out.writeNumberField("version", schema.version());
      out.writeArrayFieldStart("columns");
      for (ColumnSchema column : schema.columns()) {
        out.writeStartObject();
        out.writeStringField("name", column.name());
        out.writeStringField("type", column.type());
        out.writeStringField("hot_type", column.hotType());
        if (column.fill() != null) {
          out.writeStringField("fill", column.fill());
        }
        if (column.number() != 0) {
          out.writeNumberField("number", column.number());
        }
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeArrayFieldStart("key");
      for (String column : schema.key()) {
        out.writeString(column);
      }
      out.writeEndArray();
      if (schema.relation() != 0) {
        out.writeNumberField("relation", schema.relation());
      }
      if (!schema.excluded().isEmpty()) {
        out.writeArrayFieldStart("excluded");
        for (int number : schema.excluded()) {
          out.writeNumber(number);
        }
        out.writeEndArray();
      }
    }

    private static SchemaRecord read(byte[] value) throws MalformedChangeException {
      try (JsonParser in = JSON.createParser(value)) {
        in.nextToken();
        return new Parsed(in).toRecord();
      } catch (IOException | RuntimeException e) {
        throw new MalformedChangeException("a record of the schema topic cannot be read: " + e);
      }
    }

    /** Every member of any form. */
    private static final class Parsed {
      private @Nullable String kind;
      private @Nullable String schema;
      private @Nullable String table;
      private int version;
      private final List<ColumnSchema> columns = new ArrayList<>();
      private final List<String> key = new ArrayList<>();
      private long relation;
      private final List<Integer> excluded = new ArrayList<>();
      private String reason = "";
      private int epoch;
      private @Nullable String systemId;
      private int timeline;
      private boolean snapshotComplete;
      private long snapshotLsn;
      private Positions snapshotEnd = Positions.NONE;
      private Positions begins = Positions.NONE;
      private SortedMap<TableId, Long> tables = new TreeMap<>();
      private @Nullable String prefix;
      private @Nullable String installation;
      private @Nullable String archive;
      private long databaseOid;
      private @Nullable String database;
      private long next;

      Parsed(JsonParser in) throws IOException {
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
          in.nextToken();
          switch (name) {
            case "kind" -> {
              kind = in.getText();
              if (!KINDS.contains(kind)) {
                return; // what follows is for others to understand
              }
            }
            case "schema" -> schema = in.getText();
            case "table" -> table = in.getText();
            case "version" -> version = in.getIntValue();
            case "columns" -> columns(in);
            case "key" -> {
              while (in.nextToken() != JsonToken.END_ARRAY) {
                key.add(in.getText());
              }
            }
            case "relation" -> relation = in.getLongValue();
            case "excluded" -> {
              while (in.nextToken() != JsonToken.END_ARRAY) {
                excluded.add(in.getIntValue());
              }
            }
            case "reason" -> reason = in.getText();
            case "epoch" -> epoch = in.getIntValue();
            case "system_id" -> systemId = in.getText();
            case "timeline" -> timeline = in.getIntValue();
            case "snapshot_complete" -> snapshotComplete = in.getBooleanValue();
            case "snapshot_end" -> snapshotEnd = Positions.read(in);
            case "begins" -> begins = Positions.read(in);
            case "snapshot_lsn" -> snapshotLsn = Lsn.parse(in.getText());
            case "tables" -> tables = EpochFormat.tables(in);
            case "prefix" -> prefix = in.getText();
            case "installation" -> installation = in.getText();
            case "archive" -> archive = in.getText();
            case "database_oid" -> databaseOid = in.getLongValue();
            case "database" -> database = in.getText();
            case "next" -> next = in.getLongValue();
            default -> in.skipChildren();
          }
        }
      }

      private void columns(JsonParser in) throws IOException {
        while (in.nextToken() != JsonToken.END_ARRAY) {
          String name = "";
          String type = "";
          String hotType = "";
          String fill = null;
          int number = 0;
          for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
            in.nextToken();
            switch (member) {
              case "name" -> name = in.getText();
              case "type" -> type = in.getText();
              case "hot_type" -> hotType = in.getText();
              case "fill" -> fill = in.getText();
              case "number" -> number = in.getIntValue();
              default -> in.skipChildren();
            }
          }
          columns.add(new ColumnSchema(name, type, hotType, fill, number));
        }
      }

      SchemaRecord toRecord() {
        String kind = Objects.requireNonNull(this.kind, "kind");
        return switch (kind) {
          case "table" ->
              new TableVersion(
                  new TableSchema(tableId(), version, columns, key, relation, excluded));
          case "installation" -> installed();
          case "parked" -> new TableParked(tableId(), epoch, reason);
          case "parked_returned" ->
              new ParkedReturned(Objects.requireNonNull(prefix, "prefix"), next);
          case "epoch" ->
              new EpochState(
                  new Epoch(
                      epoch,
                      Objects.requireNonNull(systemId, "system_id"),
                      timeline,
                      snapshotComplete,
                      snapshotEnd,
                      begins,
                      tables,
                      snapshotLsn));
          default -> new Other(kind);
        };
      }

      private Installed installed() {
        return new Installed(
            Objects.requireNonNull(prefix, "prefix"),
            UUID.fromString(Objects.requireNonNull(installation, "installation")),
            archive == null ? null : UUID.fromString(archive),
            Objects.requireNonNull(systemId, "system_id"),
            databaseOid,
            Objects.requireNonNull(database, "database"));
      }

      private TableId tableId() {
        return new TableId(
            Objects.requireNonNull(schema, "schema"), Objects.requireNonNull(table, "table"));
      }
    }
  }
}
