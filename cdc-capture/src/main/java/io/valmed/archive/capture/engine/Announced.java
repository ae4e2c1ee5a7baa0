package io.valmed.archive.capture.engine;

import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** One announcement of a table in the stream. */
final class Announced {
  private final int turn;
  private final StreamedTable table;
  private final int[] captured;
  private final int width;

  /**
   * @param turn which of its table's two names stands for it
   * @param relation the table's oid, unsigned
   * @param id its name then
   * @param names its columns, those that are left out too
   * @param hidden names of columns that are left out
   * @param fullImages whether its REPLICA IDENTITY was FULL
   */
  Announced(
      int turn,
      long relation,
      TableId id,
      List<String> names,
      Set<String> hidden,
      boolean fullImages) {
    this.turn = turn;
    this.width = names.size();
    this.captured = IntStream.range(0, width).filter(i -> !hidden.contains(names.get(i))).toArray();
    this.table =
        new StreamedTable(
            id, relation, IntStream.of(captured).mapToObj(names::get).toList(), fullImages);
  }

  int turn() {
    return turn;
  }

  /** As capture knows it. */
  StreamedTable table() {
    return table;
  }

  /** How many columns hot sends of each row. */
  int width() {
    return width;
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
