package io.valmed.archive.capture.postgres;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Rows in the text format of {@code COPY}. */
final class CopyText {
  private CopyText() {}

  /**
   * The row's values; null: SQL NULL.
   *
   * @param row one row in UTF-8, with the line feed that ends it
   * @param columns how many values it has
   */
  static @Nullable String[] values(byte[] row, int columns) {
    @Nullable String[] values = new String[columns];
    int end = row.length > 0 && row[row.length - 1] == '\n' ? row.length - 1 : row.length;
    int start = 0;
    for (int column = 0; column < columns; column++) {
      int stop = start;
      boolean escaped = false;
      while (stop < end && row[stop] != '\t') {
        escaped |= row[stop] == '\\';
        stop++;
      }
      values[column] =
          escaped
              ? unescaped(row, start, stop)
              : new String(row, start, stop - start, StandardCharsets.UTF_8);
      start = stop + 1;
    }
    if (start != end + 1) {
      throw new IllegalArgumentException("a row of COPY has not " + columns + " columns");
    }
    return values;
  }

  private static @Nullable String unescaped(byte[] row, int start, int stop) {
    if (stop - start == 2 && row[start] == '\\' && row[start + 1] == 'N') {
      return null;
    }
    byte[] text = new byte[stop - start];
    int length = 0;
    for (int i = start; i < stop; i++) {
      byte b = row[i];
      if (b == '\\') {
        i++;
        b = letter(row[i]);
      }
      text[length++] = b;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static byte letter(byte escaped) {
    return switch (escaped) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0b;
      default -> escaped;
    };
  }
}
