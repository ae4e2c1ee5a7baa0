package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Installation;
import java.sql.SQLException;
import java.util.List;

/** DDL on a captured table. */
final class SchemaDeeds {
  private SchemaDeeds() {}

  static void apply(Kind kind, Scene scene) throws SQLException {
    Installation in = scene.installation();
    switch (kind) {
      case COLUMN_ADDED -> in.inHot("ALTER TABLE moves ADD extra text");
      case COLUMN_ADDED_WITH_DEFAULT -> in.inHot("ALTER TABLE things ADD extra int DEFAULT 7");
      case COLUMN_DROPPED -> dropColumn(scene);
      case TYPE_WIDENED ->
          in.inHot("ALTER TABLE moves ALTER n TYPE bigint, ALTER v TYPE varchar(90)");
      case COLUMN_RENAMED -> in.inHot("ALTER TABLE orders RENAME n TO m");
      case REWRITTEN -> in.inHot("ALTER TABLE things ALTER v TYPE text USING upper(v)");
      case GENERATED ->
          in.inHot("ALTER TABLE moves ADD g bigint GENERATED ALWAYS AS (stamp * 2) STORED");
      case LABEL_RENAMED -> in.inHot("ALTER TYPE phase RENAME VALUE 'open' TO 'odd2'; " + OPEN);
      case TRUNCATED -> in.inHot("TRUNCATE moves");
      case IDENTITY_LOST -> {
        in.inHot("ALTER TABLE moves REPLICA IDENTITY DEFAULT");
        scene.application().write(6);
        in.inHot("ALTER TABLE moves REPLICA IDENTITY FULL");
      }
      case KEY_DEFERRABLE ->
          in.inHot(
              "ALTER TABLE things DROP CONSTRAINT things_pkey, ADD PRIMARY KEY (id) DEFERRABLE");
      case RECREATED -> recreate(in);
      case ROW_SECURITY -> {
        in.inHot(
            "ALTER TABLE things ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON things USING (id % 3 = 1)");
        scene.start("capture", List.of("capture", "--new-epoch"));
      }
      default -> throw new IllegalArgumentException(kind + " is no DDL");
    }
  }

  private static final String OPEN = "ALTER TYPE phase ADD VALUE 'open'";

  private static void dropColumn(Scene scene) throws SQLException {
    scene.application().observe();
    scene.installation().inHot("ALTER TABLE items DROP v");
    scene.installation().inHot("DELETE FROM items WHERE id % 4 = 0");
  }

  private static void recreate(Installation in) throws SQLException {
    String role = in.settings().capture().slot();
    in.inHot(
        """
        CREATE TABLE moves_saved AS SELECT * FROM moves;
        CREATE TABLE moves_new (LIKE moves INCLUDING ALL);
        DROP TABLE moves;
        ALTER TABLE moves_new RENAME TO moves;
        ALTER TABLE moves REPLICA IDENTITY FULL;
        INSERT INTO moves (id, stamp, at, v, n, phase) SELECT id, stamp, at, v, n, phase FROM moves_saved;
        SELECT setval(pg_get_serial_sequence('moves', 'id'), (SELECT coalesce(max(id), 1) FROM moves));
        GRANT SELECT ON moves TO %1$s_capture, %1$s_purger;
        GRANT DELETE, UPDATE (id) ON moves TO %1$s_purger;
        DROP TABLE moves_saved
        """
            .formatted(role));
  }
}
