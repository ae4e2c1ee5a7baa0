package io.valmed.archive.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One column as a version of a table has it.
 *
 * @param name the column's name in hot, and in the archive
 * @param type the archive's type as SQL text without length or precision ({@code numeric}, {@code
 *     timestamp without time zone}, {@code text} for enums): every value of the hot type keeps its
 *     text form in it
 * @param hotType the hot column's type as {@code format_type} tells it, for people to read
 * @param fill the text form of the value that rows written before this column existed have in hot
 *     ({@code pg_attribute.attmissingval}); null: they have NULL
 * @param number the column's number in hot ({@code pg_attribute.attnum}), which a rename keeps and
 *     a column that is dropped and added again does not; 0: unknown
 */
public record ColumnSchema(
    String name, String type, String hotType, @Nullable String fill, int number) {

  public ColumnSchema {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(hotType, "hotType");
  }

  /** A column whose number is unknown. */
  public ColumnSchema(String name, String type, String hotType, @Nullable String fill) {
    this(name, type, hotType, fill, 0);
  }
}
