package io.valmed.archive.capture.schema;

import io.valmed.archive.databases.hot.LargeObjects;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
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
   * @param keyFault why rows cannot be told apart by the primary key, as a clause about the table;
   *     null: they can
   * @param largeObjects columns that may name large objects, with their types
   */
  record Description(
      TableId table,
      long relation,
      List<ColumnSchema> columns,
      List<String> key,
      Set<String> unclear,
      Set<String> required,
      boolean fullImages,
      Map<String, String> refused,
      @Nullable String keyFault,
      Map<String, String> largeObjects) {

    public Description {
      columns = List.copyOf(columns);
      key = List.copyOf(key);
      unclear = Set.copyOf(unclear);
      required = Set.copyOf(required);
      refused = Map.copyOf(refused);
      largeObjects = Map.copyOf(largeObjects);
    }

    /** A table whose key serves, without large objects. */
    public Description(
        TableId table,
        long relation,
        List<ColumnSchema> columns,
        List<String> key,
        Set<String> unclear,
        Set<String> required,
        boolean fullImages,
        Map<String, String> refused) {
      this(table, relation, columns, key, unclear, required, fullImages, refused, null, Map.of());
    }

    /**
     * What makes rows of the table such that they cannot be followed or purged, as a clause about
     * it; null: nothing.
     */
    public @Nullable String obstacle(PolicyTable policy) {
      if (keyFault != null) {
        return keyFault;
      }
      return policy.role().purgeable()
          ? largeObjects.entrySet().stream()
              .filter(column -> !policy.plainNumbers().contains(column.getKey()))
              .min(Map.Entry.comparingByKey())
              .map(column -> LargeObjects.fault(column.getKey(), column.getValue()))
              .orElse(null)
          : null;
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
