package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Installation;
import java.sql.SQLException;
import java.util.List;

/** DDL on a captured table; any of it may be done again to the same table. */
final class SchemaDeeds {
  private SchemaDeeds() {}

  static void apply(Kind kind, Scene scene) throws SQLException {
    Installation in = scene.installation();
    long n = scene.lives().nextStamp();
    switch (kind) {
      case COLUMN_ADDED -> in.inHot("ALTER TABLE moves ADD extra%d text".formatted(n));
      case COLUMN_ADDED_WITH_DEFAULT ->
          in.inHot("ALTER TABLE things ADD extra%d int DEFAULT 7".formatted(n));
      case COLUMN_DROPPED -> dropColumn(scene, n);
      case TYPE_WIDENED ->
          in.inHot("ALTER TABLE moves ALTER n TYPE bigint, ALTER v TYPE varchar(90)");
      case TYPE_NARROWED ->
          in.inHot("ALTER TABLE moves ALTER n TYPE smallint, ALTER v TYPE varchar(50)");
      case COLUMN_RENAMED -> rename(in, "orders", "n", n);
      case REWRITTEN -> in.inHot("ALTER TABLE things ALTER v TYPE text USING upper(v) || 'x'");
      case GENERATED ->
          in.inHot(
              "ALTER TABLE moves ADD g%d bigint GENERATED ALWAYS AS (stamp * 2) STORED"
                  .formatted(n));
      case LABEL_RENAMED -> {
        in.inHot("ALTER TYPE phase RENAME VALUE 'open' TO 'odd%d'".formatted(n));
        in.inHot("ALTER TYPE phase ADD VALUE 'open'");
      }
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
        in.inHot("ALTER TABLE things ENABLE ROW LEVEL SECURITY");
        in.inHot("DROP POLICY IF EXISTS p ON things");
        in.inHot("CREATE POLICY p ON things USING (id % 3 = 1)");
        scene.start("capture", List.of("capture", "--new-epoch"));
      }
      default -> throw new IllegalArgumentException(kind + " is no DDL");
    }
  }

  /** The column that is called so, or has come from it, has another name then. */
  private static void rename(Installation in, String table, String name, long n)
      throws SQLException {
    in.inHot(
        """
        DO $$ DECLARE old text; BEGIN
          SELECT attname INTO old FROM pg_attribute WHERE attrelid = '%1$s'::regclass AND attname ~ '^%2$s\\d*$' AND NOT attisdropped;
          EXECUTE format('ALTER TABLE %1$s RENAME %%I TO %2$s%3$d', old);
        END $$
        """
            .formatted(table, name, n));
  }

  private static void dropColumn(Scene scene, long n) throws SQLException {
    Installation in = scene.installation();
    scene.application().observe();
    in.inHot("ALTER TABLE items ADD IF NOT EXISTS v varchar(60) DEFAULT 'later'");
    in.inHot("ALTER TABLE items DROP v");
    in.inHot("DELETE FROM items WHERE id %% 4 = %d".formatted(n % 4));
  }

  private static void recreate(Installation in) throws SQLException {
    String role = in.settings().capture().slot();
    in.inHot(
        """
        DO $$ DECLARE names text; BEGIN
          SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names FROM pg_attribute
            WHERE attrelid = 'moves'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
          CREATE TABLE moves_saved AS SELECT * FROM moves;
          CREATE TABLE moves_new (LIKE moves INCLUDING ALL);
          DROP TABLE moves;
          ALTER TABLE moves_new RENAME TO moves;
          ALTER TABLE moves REPLICA IDENTITY FULL;
          EXECUTE format('INSERT INTO moves (%%1$s) SELECT %%1$s FROM moves_saved', names);
          PERFORM setval(pg_get_serial_sequence('moves', 'id'), (SELECT coalesce(max(id), 1) FROM moves));
          GRANT SELECT ON moves TO %1$s_capture, %1$s_purger;
          GRANT DELETE, UPDATE (id) ON moves TO %1$s_purger;
          DROP TABLE moves_saved;
        END $$
        """
            .formatted(role));
  }
}
