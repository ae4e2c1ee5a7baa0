package io.valmed.archive.model.change;

import io.valmed.archive.model.TableSchema;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row's column values in PostgreSQL's own text form, in the order of a {@link TableSchema}. The
 * array is not copied: whoever makes an image gives the array away.
 */
public final class RowImage {
  private final @Nullable String[] values;

  public RowImage(@Nullable String[] values) {
    this.values = values;
  }

  /** How many columns the image has. */
  public int size() {
    return values.length;
  }

  /** The text of the column at the position; null: SQL NULL. */
  public @Nullable String get(int column) {
    return values[column];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowImage image && Arrays.equals(values, image.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  /** Tells the number of columns only: a value may be a patient's. */
  @Override
  public String toString() {
    return "RowImage[" + values.length + " columns]";
  }
}
