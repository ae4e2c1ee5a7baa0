package io.valmed.archive.provisioning;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;

/** A table's primary key. */
final class PrimaryKey {
  private PrimaryKey() {}

  /** The key's columns in the key's order; empty when the table, or a key, is missing. */
  static List<String> of(Catalog catalog, TableId table) throws SQLException {
    return catalog.texts(
        """
        SELECT a.attname
        FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = to_regclass(?) AND i.indisprimary AND k.at <= i.indnkeyatts
        ORDER BY k.at
        """,
        table.sql());
  }
}
