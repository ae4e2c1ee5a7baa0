package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.RowImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the version of a table that an image of names and values is of. */
final class ParkedVersions {
  private final Map<String, List<TableSchema>> versions = new HashMap<>();

  void add(TableSchema schema) {
    versions.computeIfAbsent(schema.table().toString(), t -> new ArrayList<>()).add(schema);
  }

  /**
   * The version that has exactly these columns, the newest where the change names none; null: there
   * is none, or the image is not whole.
   */
  @Nullable TableSchema of(ParkedChange change, Map<String, @Nullable String> image) {
    return newest(
        change.table(),
        schema ->
            (change.version() == 0 || change.version() == schema.version())
                && schema.columns().size() == image.size()
                && holds(schema, image));
  }

  /**
   * The newest version that has these columns and maybe others, the key among these; null: there is
   * none.
   */
  @Nullable TableSchema ofPart(String table, Map<String, @Nullable String> image) {
    return newest(
        table,
        schema ->
            schema.columnNames().containsAll(image.keySet())
                && image.keySet().containsAll(schema.key()));
  }

  /** Whether the table's newest version has the same key: by that its rows are known now. */
  boolean newestHasKeyOf(TableSchema schema) {
    @Nullable TableSchema newest = newest(schema.table().toString(), any -> true);
    return newest != null && newest.key().equals(schema.key());
  }

  private interface Fit {
    boolean fits(TableSchema schema);
  }

  private @Nullable TableSchema newest(String table, Fit fit) {
    @Nullable TableSchema found = null;
    for (TableSchema schema : versions.getOrDefault(table, List.of())) {
      if (fit.fits(schema) && (found == null || schema.version() > found.version())) {
        found = schema;
      }
    }
    return found;
  }

  private static boolean holds(TableSchema schema, Map<String, @Nullable String> image) {
    return image.keySet().containsAll(schema.columnNames());
  }

  /** The values of the key; null: one of them is missing. */
  static @Nullable List<String> key(TableSchema schema, Map<String, @Nullable String> image) {
    List<String> key = new ArrayList<>();
    for (String column : schema.key()) {
      String value = image.get(column);
      if (value == null) {
        return null;
      }
      key.add(value);
    }
    return key;
  }

  /** Whether no column beside the key has a value: without REPLICA IDENTITY FULL hot sends so. */
  static boolean keyAlone(TableSchema schema, Map<String, @Nullable String> image) {
    return schema.key().size() < schema.columns().size()
        && image.entrySet().stream()
            .allMatch(
                column -> column.getValue() == null || schema.key().contains(column.getKey()));
  }

  static RowImage row(TableSchema schema, Map<String, @Nullable String> image) {
    @Nullable String[] values = new String[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.get(schema.columns().get(i).name());
    }
    return new RowImage(values);
  }
}
