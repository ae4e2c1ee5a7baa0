package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of the application's, as it is in hot now.
 *
 * @param table its name
 * @param owner the role that owns it
 * @param fault why it cannot be archived, as a clause about it; null: it can
 * @param columns its columns, in the table's order
 * @param references the other tables that it refers to, by their constraints' names
 */
public record LiveTable(
    TableId table,
    Owner owner,
    @Nullable String fault,
    List<Column> columns,
    List<Reference> references) {

  public LiveTable {
    columns = List.copyOf(columns);
    references = List.copyOf(references);
  }

  /**
   * Who owns a table.
   *
   * @param name the role
   * @param superuser whether it is one
   * @param ours whether this session's role may act as the owner
   */
  public record Owner(String name, boolean superuser, boolean ours) {}

  /**
   * A column.
   *
   * @param name its name
   * @param dated whether its type is one that an age can have
   * @param required whether it is NOT NULL
   * @param labels of its enum type, in their order; none where it is no enum
   */
  public record Column(String name, boolean dated, boolean required, List<String> labels) {
    public Column {
      labels = List.copyOf(labels);
    }
  }

  /**
   * A foreign key to another table's primary key.
   *
   * @param to the other table
   * @param columns by which, in the order of that key
   * @param required whether all of them are NOT NULL
   * @param cascades whether its rows are deleted with those that they refer to
   */
  public record Reference(TableId to, List<String> columns, boolean required, boolean cascades) {
    public Reference {
      columns = List.copyOf(columns);
    }
  }
}
