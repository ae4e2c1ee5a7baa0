package io.valmed.archive.capture;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;

/** What hot's catalogs say of a table now. */
public interface Catalog {

  /**
   * A table's description.
   *
   * @param columns all columns that changes carry, in the table's order; empty: no such table
   * @param key the primary key's columns in the key's order; empty: it has none
   * @param unclear columns that were added with a default that the catalog does not tell: old rows
   *     have values that never came as changes
   * @param fullImages whether its REPLICA IDENTITY is FULL, so that a row leaves with its last
   *     image
   */
  record Description(
      List<ColumnSchema> columns, List<String> key, List<String> unclear, boolean fullImages) {}

  /**
   * @throws SQLException when hot cannot be asked
   */
  Description describe(TableId table) throws SQLException;
}
