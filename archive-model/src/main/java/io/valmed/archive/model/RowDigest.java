package io.valmed.archive.model;

import java.util.Collection;

/**
 * What "equal" means: the SHA-256 of a row's text form, computed by PostgreSQL on either side over
 * the same named columns, under the same session settings.
 */
public final class RowDigest {
  /**
   * Settings that a row's text form depends on; each session that computes a digest runs this
   * first.
   */
  public static final String SESSION_SETTINGS =
      """
      SET TimeZone = 'UTC';
      SET DateStyle = 'ISO, MDY';
      SET IntervalStyle = 'postgres';
      SET extra_float_digits = 1;
      SET bytea_output = 'hex';
      SET lc_monetary = 'C';
      SET xmloption = 'content';
      SET search_path = pg_catalog
      """;

  private RowDigest() {}

  /**
   * The SQL expression of a row's digest, of type bytea with 32 bytes.
   *
   * @param alias the row's table alias in the query
   * @param columns names of the columns, in an order that both sides share; not empty
   */
  public static String expression(String alias, Collection<String> columns) {
    StringBuilder row = new StringBuilder();
    for (String column : columns) {
      row.append(row.isEmpty() ? "" : ", ")
          .append(alias)
          .append('.')
          .append(Sql.identifier(column));
    }
    return "sha256(convert_to(ROW(" + row + ")::text, 'UTF8'))";
  }
}
