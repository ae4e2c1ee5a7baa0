package io.valmed.archive.capture;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What hot's catalogs say of a table now. */
public interface Catalog {

  /**
   * A table's description.
   *
   * @param table its name now
   * @param relation its oid, which a rename keeps
   * @param columns all columns that changes carry, in the table's order
   * @param key the primary key's columns in the key's order; empty: it has none
   * @param unclear columns that were added with a default that the catalog does not tell: old rows
   *     have values that never came as changes
   * @param required columns that are never NULL
   * @param fullImages whether its REPLICA IDENTITY is FULL, so that a row leaves with its last
   *     image
   * @param refused columns whose values have no lasting text form, with the reason
   */
  record Description(
      TableId table,
      long relation,
      List<ColumnSchema> columns,
      List<String> key,
      Set<String> unclear,
      Set<String> required,
      boolean fullImages,
      Map<String, String> refused) {

    public Description {
      columns = List.copyOf(columns);
      key = List.copyOf(key);
      unclear = Set.copyOf(unclear);
      required = Set.copyOf(required);
      refused = Map.copyOf(refused);
    }

    /** The names of the columns that are captured. */
    public List<String> captured(List<String> excluded) {
      return columns.stream()
          .map(ColumnSchema::name)
          .filter(name -> !excluded.contains(name))
          .toList();
    }

    /** The column of that name; null: it has none. */
    public @Nullable ColumnSchema column(String name) {
      for (ColumnSchema column : columns) {
        if (column.name().equals(name)) {
          return column;
        }
      }
      return null;
    }
  }

  /**
   * The table with that oid, whatever it is called; null: there is none any more.
   *
   * @throws SQLException when hot cannot be asked
   */
  @Nullable Description describe(long relation) throws SQLException;
}
