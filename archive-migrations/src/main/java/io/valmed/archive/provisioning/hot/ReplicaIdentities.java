package io.valmed.archive.provisioning.hot;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** REPLICA IDENTITY FULL on every table of the policy: a departure carries the whole row. */
final class ReplicaIdentities {
  private final Query catalog;

  ReplicaIdentities(Query catalog) {
    this.catalog = catalog;
  }

  List<Step> steps(List<PolicyTable> tables) throws SQLException {
    List<Step> steps = new ArrayList<>();
    for (PolicyTable table : tables) {
      steps.add(step(table.table()));
    }
    return steps;
  }

  private Step step(TableId table) throws SQLException {
    String now =
        catalog
            .text("SELECT relreplident FROM pg_class WHERE oid = to_regclass(?)", table.sql())
            .orElse("d");
    return Step.of(
            StepKind.REPLICA_IDENTITY,
            table.toString(),
            "ALTER TABLE " + table.sql() + " REPLICA IDENTITY FULL",
            "ALTER TABLE IF EXISTS " + table.sql() + " REPLICA IDENTITY " + word(table, now),
            now.equals("f"))
        .on(table);
  }

  private String word(TableId table, String identity) throws SQLException {
    return switch (identity) {
      case "n" -> "NOTHING";
      case "f" -> "FULL";
      case "i" ->
          catalog
              .text(
                  """
                  SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                  WHERE i.indrelid = ?::regclass AND i.indisreplident
                  """,
                  table.sql())
              .map(index -> "USING INDEX " + Sql.identifier(index))
              // Its index was dropped: PostgreSQL then treats the table as NOTHING.
              .orElse("NOTHING");
      default -> "DEFAULT";
    };
  }
}
