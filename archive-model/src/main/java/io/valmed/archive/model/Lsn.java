package io.valmed.archive.model;

/** Text form of a WAL position. */
public final class Lsn {
  private Lsn() {}

  /** As PostgreSQL writes it: {@code 16/B374D848}. */
  public static String text(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(lsn & 0xffffffffL).toUpperCase(java.util.Locale.ROOT);
  }

  /**
   * Reads PostgreSQL's form.
   *
   * @throws IllegalArgumentException when the text is no LSN
   */
  public static long parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not an LSN like 16/B374D848");
    }
    return (Long.parseLong(text.substring(0, slash), 16) << 32)
        | Long.parseLong(text.substring(slash + 1), 16);
  }
}
