package io.valmed.archive.capture.debezium;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** One announcement of a table in the stream. */
final class AnnouncedTable {
  private final Table table;
  private final String quoted;
  private final StreamedTable streamed;
  private final int[] captured;

  /**
   * @param relation its oid
   * @param table as the decoder knows it
   * @param hidden names of columns that are left out
   * @param fullImages whether its REPLICA IDENTITY was FULL
   */
  AnnouncedTable(int relation, Table table, Set<String> hidden, boolean fullImages) {
    List<String> names = table.columns().stream().map(Column::name).toList();
    this.table = table;
    this.quoted = table.id().toDoubleQuotedString();
    this.captured =
        IntStream.range(0, names.size()).filter(i -> !hidden.contains(names.get(i))).toArray();
    this.streamed =
        new StreamedTable(
            new TableId(table.id().schema(), table.id().table()),
            Integer.toUnsignedLong(relation),
            IntStream.of(captured).mapToObj(names::get).toList(),
            fullImages);
  }

  /** As the decoder knows it. */
  Table table() {
    return table;
  }

  /** Its name in the form that the decoder writes it in. */
  String quoted() {
    return quoted;
  }

  /** As capture knows it. */
  StreamedTable streamed() {
    return streamed;
  }

  /** How many columns hot sends of each row. */
  int width() {
    return table.columns().size();
  }

  /** How many of them are captured. */
  int size() {
    return captured.length;
  }

  /** Where the captured column stands among all that hot sends. */
  int position(int column) {
    return captured[column];
  }
}
