package io.valmed.archive.provisioning.hot;

import io.valmed.archive.model.Sql;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.List;

/** The replication origin under which the configured purge worker deletes. */
final class PurgeOrigin {
  private final Query catalog;

  PurgeOrigin(Query catalog) {
    this.catalog = catalog;
  }

  List<Step> steps(String origin) throws SQLException {
    boolean exists =
        catalog.holds("SELECT true FROM pg_replication_origin WHERE roname = ?", origin);
    return List.of(
        Step.of(
            StepKind.ORIGIN,
            origin,
            "SELECT pg_replication_origin_create(" + Sql.literal(origin) + ")",
            "SELECT pg_replication_origin_drop(" + Sql.literal(origin) + ")",
            exists));
  }
}
