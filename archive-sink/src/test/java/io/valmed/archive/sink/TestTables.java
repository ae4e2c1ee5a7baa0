package io.valmed.archive.sink;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Tables that tests archive. */
final class TestTables {
  static final TableId ORDERS = new TableId("public", "orders");

  /** An aged root: {@code id bigint, note text, at timestamp}. */
  static final TableSchema ORDERS_V1 =
      version(1, ORDERS, List.of("id"), "id bigint", "note text", "at timestamp without time zone");

  static final TableId DOSES = new TableId("Ward \"7\"", "Dose.s");

  /** Composite key with a text part and names that need quotes; a reference table. */
  static final TableSchema DOSES_V1 =
      version(1, DOSES, List.of("Drug \"x\"", "no"), "no integer", "Drug \"x\" text", "ml numeric");

  static final TableId RATES = new TableId("public", "rates");

  /** A key whose values can be equal and yet read differently. */
  static final TableSchema RATES_V1 =
      version(1, RATES, List.of("rate"), "rate numeric", "note text");

  static final TableId HEARTBEAT = new TableId("arc", "heartbeat");

  static final TableSchema HEARTBEAT_V1 =
      version(1, HEARTBEAT, List.of("slot"), "slot text", "written_at timestamp with time zone");

  private TestTables() {}

  static Policy policy() {
    return policy(ZoneOffset.UTC);
  }

  static Policy policy(ZoneId ageZone) {
    return new Policy(
        List.of(new RootTable(ORDERS, "at", null, Duration.ofDays(90), List.of())),
        List.of(new ReferenceTable(DOSES, List.of()), new ReferenceTable(RATES, List.of())),
        ageZone);
  }

  /** Columns written {@code name type}; a name that ends with a quote may have spaces. */
  static TableSchema version(int version, TableId table, List<String> key, String... columns) {
    List<ColumnSchema> all = new ArrayList<>();
    for (String column : columns) {
      int space = column.indexOf(' ', column.lastIndexOf('"') + 1);
      String type = column.substring(space + 1);
      all.add(new ColumnSchema(column.substring(0, space), type, type, null));
    }
    return new TableSchema(table, version, all, key);
  }

  /** The version with one more column at the end. */
  static TableSchema wider(TableSchema before, ColumnSchema column) {
    List<ColumnSchema> columns = new ArrayList<>(before.columns());
    columns.add(column);
    return new TableSchema(before.table(), before.version() + 1, columns, before.key());
  }
}
