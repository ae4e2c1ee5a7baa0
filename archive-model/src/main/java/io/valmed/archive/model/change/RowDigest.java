package io.valmed.archive.model.change;

import io.valmed.archive.model.Sql;
import java.util.Collection;

/**
 * What "equal" means: the SHA-256 of a row's text form, computed by PostgreSQL on either side over
 * the same named columns, under the same session settings. The text form is that of each column,
 * with its length before it, as {@code array_send} puts an array of texts: no two rows share it, as
 * nothing separates or quotes the values.
 */
public final class RowDigest {
  /**
   * Settings that a row's text form depends on; each session that computes a digest runs this
   * first.
   */
  public static final String SESSION_SETTINGS =
      """
      SET client_encoding = 'UTF8';
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
    StringBuilder texts = new StringBuilder();
    for (String column : columns) {
      String value = alias + "." + Sql.identifier(column);
      // concat() asks the type for its text, where a cast may do something else. And IS NOT NULL
      // would be false for a composite value with a NULL in it.
      texts
          .append(texts.isEmpty() ? "" : ", ")
          .append("CASE WHEN ")
          .append(value)
          .append(" IS DISTINCT FROM NULL THEN concat(")
          .append(value)
          .append(") END");
    }
    return "sha256(array_send(ARRAY[" + texts + "]))";
  }
}
