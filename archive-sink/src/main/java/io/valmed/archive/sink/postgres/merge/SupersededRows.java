package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves mirror rows of an older epoch to the cold store that a record of a newer one meets with
 * other content: nobody saw how one became the other, so the image that stands there may be of
 * another row, and is the only copy.
 *
 * <p>Their place is just before the record that replaces them, where no change of the key can be
 * (records in the WAL begin at multiples of eight), so that a departure does not meet the image
 * that it supersedes. Reading the record again finds a row of its own epoch, and does nothing.
 */
public final class SupersededRows {
  private static final Logger log = LoggerFactory.getLogger(SupersededRows.class);

  private final Connection connection;
  private final RowCopy copy;
  private final ColdMove cold;

  public SupersededRows(Connection connection, RowCopy copy, ColdMove cold) {
    this.connection = connection;
    this.copy = copy;
    this.cold = cold;
  }

  /**
   * Moves what these records supersede.
   *
   * @param met records of one version, for each key the first of its batch
   * @param stage one for rows of that version; holds the records afterwards
   */
  public void moveAside(List<Received> met, Stage stage, EarlierColumns earlier, String archivedAt)
      throws SQLException {
    if (met.isEmpty()) {
      return;
    }
    TableSchema version = met.get(0).schema();
    stage.fill(connection, copy, met, archivedAt);
    int moved =
        cold.move(
            version.table(),
            stage,
            condition(version, earlier),
            "s.arc_lsn - 1",
            DepartureCause.SUPERSEDED);
    if (moved > 0) {
      log.warn("superseded by other content table={} rows={}", version.table(), moved);
    }
  }

  /** Which mirror row {@code m} is superseded by which record {@code s}. */
  private static String condition(TableSchema version, EarlierColumns earlier) {
    List<String> reasons = new ArrayList<>();
    reasons.add("m.arc_epoch < s.arc_epoch AND " + otherContent(version, earlier));
    earlier.returned().forEach((column, since) -> reasons.add(formerColumn(column, since)));
    String equal = KeyMatch.equal(version, "m", "s");
    String same = KeyMatch.sql(version, "m", "s");
    // A departure takes away only what reads the same; an image takes the place of all that is
    // equal.
    String meets =
        equal.equals(same) ? equal : "%s AND (s.arc_cause IS NULL OR %s)".formatted(equal, same);
    return "%s AND (%s)".formatted(meets, String.join(" OR ", reasons));
  }

  /**
   * The columns that both have differ, or a value stands in one that the record's version lacks. A
   * departure takes such a value along instead.
   */
  private static String otherContent(TableSchema version, EarlierColumns earlier) {
    List<String> standing = new ArrayList<>();
    List<String> record = new ArrayList<>();
    for (String column : version.columnNames()) {
      String name = Sql.identifier(column);
      List<Integer> without = earlier.lacking().getOrDefault(column, List.of());
      standing.add(without.isEmpty() ? "m." + name : gained(name, without));
      record.add("s." + name);
    }
    String other = differ(String.join(", ", standing), String.join(", ", record));
    List<String> values =
        earlier.dropped().stream()
            .map(c -> "m.%s IS NOT NULL".formatted(Sql.identifier(c)))
            .toList();
    return values.isEmpty()
        ? other
        : "(%s OR s.arc_cause IS NULL AND (%s))".formatted(other, String.join(" OR ", values));
  }

  /** A column that the table has gained since the image: nothing there is no content. */
  private static String gained(String name, List<Integer> without) {
    List<String> versions = without.stream().map(String::valueOf).toList();
    return "CASE WHEN m.%1$s IS NULL AND m.arc_version IN (%2$s) THEN s.%1$s ELSE m.%1$s END"
        .formatted(name, String.join(", ", versions));
  }

  /** A column was dropped and came back: what older images have there is another column's value. */
  private static String formerColumn(String column, int since) {
    String name = Sql.identifier(column);
    return "m.arc_version < %d AND m.%s IS NOT NULL AND %s"
        .formatted(since, name, differ("m." + name, "s." + name));
  }

  /** Bytes are compared first, which is fast; equal texts may have unequal bytes. */
  public static String differ(String some, String others) {
    return "(ROW(%1$s)::record *<> ROW(%2$s)::record AND ROW(%1$s)::text <> ROW(%2$s)::text)"
        .formatted(some, others);
  }
}
