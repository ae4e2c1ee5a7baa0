package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeOf;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.RootTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether all children of a root are old, as SQL, where the policy asks for that. A root is looked
 * up in its children by their foreign keys' indexes: written as a scalar subquery, which the
 * planner does not turn into a join with a whole table.
 */
final class OldChildren {
  private final Connection connection;
  private final ZoneId zone;
  private final Duration coldAfter;
  private int aliases;

  private OldChildren(Connection connection, ZoneId zone, Duration coldAfter) {
    this.connection = connection;
    this.zone = zone;
    this.coldAfter = coldAfter;
  }

  /**
   * A condition on the root table, which it names without an alias.
   *
   * @return null: the root's age alone counts
   */
  static @Nullable String condition(Connection connection, RootTable root, ZoneId zone)
      throws SQLException, TableHeldException {
    if (root.ageOf() == AgeOf.ROOT) {
      return null;
    }
    OldChildren children = new OldChildren(connection, zone, root.coldAfter());
    String alias = Sql.identifier(root.table().name());
    List<String> young = children.young(root.table(), alias, root.children());
    return young.isEmpty() ? null : "(" + String.join(" OR ", young) + ") IS NOT TRUE";
  }

  /** For each child table that has an age, or a descendant with one: whether a row is not old. */
  private List<String> young(TableId parent, String parentAlias, List<ChildTable> children)
      throws SQLException, TableHeldException {
    List<String> all = new ArrayList<>();
    for (ChildTable child : children) {
      String alias = "arc_child" + ++aliases;
      List<String> conditions = new ArrayList<>();
      if (child.age() != null) {
        RowAge age = RowAge.of(connection, child.table(), child.age(), zone);
        conditions.add("(" + age.old(age.column(alias), coldAfter) + ") IS NOT TRUE");
      }
      conditions.addAll(young(child.table(), alias, child.children()));
      if (!conditions.isEmpty()) {
        all.add(
            "(SELECT true FROM ONLY %s AS %s WHERE %s AND (%s) LIMIT 1) IS NOT NULL"
                .formatted(
                    child.table().sql(),
                    alias,
                    refers(child, alias, parent, parentAlias),
                    String.join(" OR ", conditions)));
      }
    }
    return all;
  }

  private String refers(ChildTable child, String alias, TableId parent, String parentAlias)
      throws SQLException, TableHeldException {
    PrimaryKey key = PrimaryKeys.of(connection, parent);
    if (key.columns().size() != child.foreignKey().size()) {
      throw TableHeldException.fault(
          child.table(),
          "needs the policy's foreign key %s to the primary key of %s, which has another number of columns"
              .formatted(child.foreignKey(), parent));
    }
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < child.foreignKey().size(); i++) {
      equal.add(
          "%s.%s OPERATOR(pg_catalog.=) %s.%s"
              .formatted(
                  alias,
                  Sql.identifier(child.foreignKey().get(i)),
                  parentAlias,
                  Sql.identifier(key.columns().get(i).name())));
    }
    return String.join(" AND ", equal);
  }
}
