package io.valmed.archive.provisioning.hot;

import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.jdbc.Query;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** An index that begins with the age, on each root: how the purge worker finds cold rows. */
final class AgeIndexes {
  private static final int LONGEST_NAME = 63;

  private final Query catalog;

  AgeIndexes(Query catalog) {
    this.catalog = catalog;
  }

  List<Step> steps(List<RootTable> roots) throws SQLException {
    List<Step> steps = new ArrayList<>();
    for (RootTable root : roots) {
      addTo(steps, root);
    }
    return steps;
  }

  private void addTo(List<Step> steps, RootTable root) throws SQLException {
    TableId table = root.table();
    TableId index = new TableId(table.schema(), name(root));
    if (!recorded(index) && usable(root, "")) {
      return;
    }
    boolean done = usable(root, index.name());
    String drop = "DROP INDEX CONCURRENTLY IF EXISTS " + index.sql();
    if (!done && catalog.holds("SELECT to_regclass(?) IS NOT NULL", index.sql())) {
      steps.add(Step.of(StepKind.INVALID_INDEX, index.toString(), drop, null, false));
    }
    List<String> columns = new ArrayList<>(List.of(root.age()));
    PrimaryKeys.of(catalog.connection(), table).names().stream()
        .filter(k -> !k.equals(root.age()))
        .forEach(columns::add);
    String create =
        "CREATE INDEX CONCURRENTLY %s ON %s (%s)"
            .formatted(Sql.identifier(index.name()), table.sql(), Sql.identifiers(columns));
    steps.add(Step.of(StepKind.INDEX, index.toString(), create, drop, done).on(table));
  }

  private boolean recorded(TableId index) throws SQLException {
    return catalog.holds(
        "SELECT true FROM arc.provisioned WHERE kind = ? AND name = ?",
        StepKind.INDEX.word(),
        index.toString());
  }

  /** Whether an index of that name, or any when the name is empty, serves a scan by age. */
  private boolean usable(RootTable root, String name) throws SQLException {
    return catalog.holds(
        """
        SELECT true
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am m ON m.oid = c.relam
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = to_regclass(?) AND a.attname = ? AND m.amname = 'btree' AND i.indpred IS NULL
          AND i.indisvalid AND i.indisready AND i.indislive AND ? IN ('', c.relname::text)
        LIMIT 1
        """,
        root.table().sql(),
        root.age(),
        name);
  }

  /**
   * {@code arc_age_<table>_<age>}, cut to PostgreSQL's length with a digest that keeps it apart.
   */
  private static String name(RootTable root) {
    String whole = "arc_age_" + root.table().name() + "_" + root.age();
    if (whole.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME) {
      return whole;
    }
    String digest = "_%08x".formatted(whole.hashCode());
    String stem = whole;
    while ((stem + digest).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
    }
    return stem + digest;
  }
}
