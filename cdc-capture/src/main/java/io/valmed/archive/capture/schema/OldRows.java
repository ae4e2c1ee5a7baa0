package io.valmed.archive.capture.schema;

import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a change of a table's columns may have changed rows that are in the archive
 * already: such changes of rows are in no event. What follows is captured without loss either way.
 */
public final class OldRows {
  private OldRows() {}

  /** What may have changed old rows, as parts of a sentence; empty: they are as before. */
  public static List<String> worries(
      TableSchema known, TableSchema wanted, @Nullable Description description) {
    List<String> worries = new ArrayList<>();
    if (!known.key().equals(wanted.key())) {
      worries.add("its primary key changed");
    }
    for (ColumnSchema column : wanted.columns()) {
      String worry = worry(column, known, description);
      if (worry != null) {
        worries.add(worry);
      }
    }
    boolean numbered = numbered(known) && numbered(wanted);
    if (!numbered && gone(known, wanted) && gone(wanted, known)) {
      worries.add("columns went and others came, which a rename does");
    }
    return worries;
  }

  private static @Nullable String worry(
      ColumnSchema column, TableSchema known, @Nullable Description description) {
    int index = known.indexOf(column.name());
    ColumnSchema before = index < 0 ? null : known.columns().get(index);
    if (before == null) {
      ColumnSchema renamed = numbered(known, column.number());
      if (renamed != null) {
        return "column %s was renamed to %s".formatted(renamed.name(), column.name());
      }
      if (known.excluded().contains(column.number())) {
        return "column " + column.name() + " was excluded before";
      }
      // With a default that the catalog tells, the sink fills old rows.
      return description == null || description.unclear().contains(column.name())
          ? "column " + column.name() + " was added with values in old rows"
          : null;
    }
    if (before.number() != 0 && column.number() != 0 && before.number() != column.number()) {
      return "column "
          + column.name()
          + " is another one than before (dropped and added, or renamed)";
    }
    return Widening.keepsText(before.hotType(), column.hotType())
        ? null
        : "column %s changed its type from %s to %s"
            .formatted(column.name(), before.hotType(), column.hotType());
  }

  private static @Nullable ColumnSchema numbered(TableSchema schema, int number) {
    for (ColumnSchema column : schema.columns()) {
      if (number != 0 && column.number() == number) {
        return column;
      }
    }
    return null;
  }

  private static boolean numbered(TableSchema schema) {
    return schema.columns().stream().allMatch(column -> column.number() != 0);
  }

  private static boolean gone(TableSchema from, TableSchema in) {
    return from.columns().stream().anyMatch(column -> in.indexOf(column.name()) < 0);
  }
}
