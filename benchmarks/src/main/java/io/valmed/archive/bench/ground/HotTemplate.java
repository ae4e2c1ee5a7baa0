package io.valmed.archive.bench.ground;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.sample.SampleLoader;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The database that every run's hot database is a copy of: ValMed's tables without orders, and the
 * orders with their administrations set ready in schema {@code bench}, numbered from 1.
 */
final class HotTemplate {
  static final String NAME = "bench_template";

  private final PostgresServer server;

  HotTemplate(PostgresServer server) {
    this.server = server;
  }

  void fill(int orders) throws SQLException {
    server.createDatabase(NAME);
    DatabaseLogin login =
        new DatabaseLogin(server.jdbcUrl(NAME), server.superuser(), server.passwordFile());
    Migrations.of(Target.SAMPLE, login).up();
    try (Connection connection = server.connect(NAME)) {
      new SampleLoader(connection, rows -> {}).load(orders, Duration.ofDays(400), 1);
      Answers.run(
          connection,
          """
          CREATE SCHEMA bench;
          CREATE TABLE bench.orders AS
            SELECT row_number() OVER (ORDER BY created_at NULLS FIRST, id) AS n, o.* FROM public.medication_orders o;
          CREATE TABLE bench.administrations AS
            SELECT s.n, a.* FROM public.medication_administrations a JOIN bench.orders s ON s.id = a.order_id ORDER BY s.n, a.id;
          CREATE INDEX ON bench.orders (n);
          CREATE INDEX ON bench.administrations (n);
          TRUNCATE public.medication_administrations, public.medication_orders, public.drug_transfers;
          """);
      Answers.run(connection, "VACUUM ANALYZE");
    }
  }
}
