package io.valmed.archive.databases.hot;

/**
 * Columns that may name large objects: of type {@code oid}, or made of it as {@code lo} is. The
 * object is in no change and in no proof; after a purge it would be gone with its row's trigger, or
 * left without a row (ADR 0117).
 */
public final class LargeObjects {
  /** A subquery with a row for each such column of each table: {@code relation, name, type}. */
  public static final String ROWS =
      """
      (SELECT a.attrelid AS relation, a.attname::text AS name, format_type(a.atttypid, NULL) AS type
       FROM pg_attribute AS a
       WHERE a.attnum > 0 AND NOT a.attisdropped AND EXISTS (
         WITH RECURSIVE made_of (type) AS (
           SELECT a.atttypid
           UNION
           SELECT part.type FROM made_of AS m JOIN pg_type AS t ON t.oid = m.type
           CROSS JOIN LATERAL (
             SELECT t.typbasetype WHERE t.typtype = 'd'
             UNION ALL SELECT t.typelem WHERE t.typcategory = 'A'
             UNION ALL SELECT e.atttypid FROM pg_attribute AS e WHERE t.typtype = 'c' AND e.attrelid = t.typrelid AND e.attnum > 0
           ) AS part (type))
         SELECT FROM made_of WHERE type = 'oid'::regtype))
      """;

  private LargeObjects() {}

  /** What is wrong with such a column, as a clause about its table with what to do. */
  public static String fault(String column, String type) {
    return "has the column "
        + column
        + " of type "
        + type
        + ", which may name a large object: that is not archived, and a purge would leave it"
        + " without its row or remove it; say 'plain-number: ["
        + column
        + "]' at the table in the policy if it is a mere number, or take the table out";
  }
}
