package io.valmed.archive.provisioning.hot;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The publication: the policy's tables and the heartbeat, whole rows, all operations. */
final class PublishedTables {
  private static final TableId HEARTBEAT = new TableId("arc", "heartbeat");
  private static final int STORED_GENERATED_COLUMNS = 180_000;

  private final Query catalog;
  private final String prefix;
  private final String publication;

  PublishedTables(Query catalog, String prefix, String publication) {
    this.catalog = catalog;
    this.prefix = prefix;
    this.publication = publication;
  }

  /** The publication and each table in it; each table is proven before it is committed. */
  List<Step> steps(List<PolicyTable> tables) throws SQLException {
    boolean exists =
        catalog.holds("SELECT true FROM pg_publication WHERE pubname = ?", publication);
    if (exists && !ours()) {
      throw new StopException(
          "Publication %s exists already and is not of this provisioning; name another in capture.publication, or drop it."
              .formatted(publication));
    }
    List<Step> steps = new ArrayList<>();
    String name = Sql.identifier(publication);
    steps.add(
        Step.of(
            StepKind.PUBLICATION,
            publication,
            "CREATE PUBLICATION " + name + " WITH (" + options() + ")",
            "DROP PUBLICATION IF EXISTS " + name,
            exists));
    for (TableId table : wanted(tables)) {
      String sql = "ALTER PUBLICATION " + name + " ADD TABLE " + table.sql();
      steps.add(
          Step.of(StepKind.PUBLISHED, table.toString(), sql, null, isPublished(table)).on(table));
    }
    return steps;
  }

  /** Tables that the policy no longer names go out before their replica identity changes. */
  List<Step> removals(List<PolicyTable> tables) throws SQLException {
    List<TableId> published =
        catalog.rows(
            row -> new TableId(row.getString(1), row.getString(2)),
            "SELECT schemaname, tablename FROM pg_publication_tables WHERE pubname = ? ORDER BY 1, 2",
            publication);
    List<TableId> wanted = wanted(tables);
    return published.stream()
        .filter(table -> !wanted.contains(table))
        .map(table -> removal(table))
        .toList();
  }

  private Step removal(TableId table) {
    String sql = "ALTER PUBLICATION " + Sql.identifier(publication) + " DROP TABLE " + table.sql();
    return Step.of(StepKind.UNPUBLISHED, table.toString(), sql, null, false).on(table);
  }

  private static List<TableId> wanted(List<PolicyTable> tables) {
    return Stream.concat(tables.stream().map(PolicyTable::table), Stream.of(HEARTBEAT)).toList();
  }

  private boolean isPublished(TableId table) throws SQLException {
    return catalog.holds(
        "SELECT true FROM pg_publication_tables WHERE pubname = ? AND schemaname = ? AND tablename = ?",
        publication,
        table.schema(),
        table.name());
  }

  private boolean ours() throws SQLException {
    return catalog.holds(
        "SELECT true FROM arc.provisioned WHERE kind = ? AND name = ? AND prefix IN ('', ?)",
        StepKind.PUBLICATION.word(),
        publication,
        prefix);
  }

  private String options() throws SQLException {
    String operations = "publish = 'insert, update, delete, truncate'";
    return catalog.holds(
            "SELECT current_setting('server_version_num')::int >= ?", STORED_GENERATED_COLUMNS)
        ? operations + ", publish_generated_columns = stored"
        : operations;
  }
}
