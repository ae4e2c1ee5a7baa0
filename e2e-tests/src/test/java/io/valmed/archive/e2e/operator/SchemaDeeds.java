package io.valmed.archive.e2e.operator;

import java.sql.SQLException;
import java.util.List;

/** DDL on a captured table; any of it may be done again to the same table. */
final class SchemaDeeds {
  private SchemaDeeds() {}

  static void apply(Kind kind, Scene scene) throws SQLException {
    Application in = scene.application();
    long n = scene.lives().nextStamp();
    switch (kind) {
      case COLUMN_ADDED -> in.alter("ALTER TABLE moves ADD extra%d text".formatted(n));
      case COLUMN_ADDED_WITH_DEFAULT ->
          in.alter("ALTER TABLE things ADD extra%d int DEFAULT 7".formatted(n));
      case COLUMN_DROPPED -> dropColumn(scene, n);
      case TYPE_WIDENED ->
          in.alter("ALTER TABLE moves ALTER n TYPE bigint, ALTER v TYPE varchar(90)");
      case TYPE_NARROWED ->
          in.alter("ALTER TABLE moves ALTER n TYPE smallint, ALTER v TYPE varchar(50)");
      case COLUMN_RENAMED -> rename(in, "orders", "n", n);
      case REWRITTEN -> in.alter("ALTER TABLE things ALTER v TYPE text USING upper(v) || 'x'");
      case GENERATED ->
          in.alter(
              "ALTER TABLE moves ADD g%d bigint GENERATED ALWAYS AS (stamp * 2) STORED"
                  .formatted(n));
      case LABEL_RENAMED -> {
        in.alter("ALTER TYPE phase RENAME VALUE 'open' TO 'odd%d'".formatted(n));
        in.alter("ALTER TYPE phase ADD VALUE 'open'");
      }
      case TRUNCATED -> in.alter("TRUNCATE moves");
      case IDENTITY_LOST -> {
        in.alter("ALTER TABLE moves REPLICA IDENTITY DEFAULT");
        in.write(6);
        in.alter("ALTER TABLE moves REPLICA IDENTITY FULL");
      }
      case KEY_DEFERRABLE ->
          in.alter(
              "ALTER TABLE things DROP CONSTRAINT things_pkey, ADD PRIMARY KEY (id) DEFERRABLE");
      case RECREATED -> recreate(scene);
      case ROW_SECURITY -> {
        in.alter("ALTER TABLE things ENABLE ROW LEVEL SECURITY");
        in.alter("DROP POLICY IF EXISTS p ON things");
        in.alter("CREATE POLICY p ON things USING (id % 3 = 1)");
        scene.start("capture", List.of("capture", "--new-epoch"));
      }
      case CHAIN_REWRITTEN ->
          in.alter("ALTER TABLE states ALTER v TYPE text USING upper(v) || 'x'");
      case CASCADE_TRUNCATED -> in.alter("TRUNCATE orders CASCADE");
      case REFERENCE_UNINDEXED ->
          in.alter(
              """
              CREATE TABLE remarks%1$d (state_id int REFERENCES states ON DELETE RESTRICT, remark text);
              INSERT INTO remarks%1$d SELECT (SELECT max(id) FROM states), repeat('x', 500) FROM generate_series(1, 500)
              """
                  .formatted(n));
      case KEY_CITEXT -> in.alter("ALTER TABLE uses ALTER id TYPE citext USING id::text::citext");
      default -> throw new IllegalArgumentException(kind + " is no DDL");
    }
  }

  /** The column that is called so, or has come from it, has another name then. */
  private static void rename(Application in, String table, String name, long n)
      throws SQLException {
    in.alter(
        """
        DO $$ DECLARE old text; BEGIN
          SELECT attname INTO old FROM pg_attribute WHERE attrelid = '%1$s'::regclass AND attname ~ '^%2$s\\d*$' AND NOT attisdropped;
          EXECUTE format('ALTER TABLE %1$s RENAME %%I TO %2$s%3$d', old);
        END $$
        """
            .formatted(table, name, n));
  }

  private static void dropColumn(Scene scene, long n) throws SQLException {
    Application in = scene.application();
    in.observe();
    in.alter("ALTER TABLE items ADD IF NOT EXISTS v varchar(60) DEFAULT 'later'");
    in.alter("ALTER TABLE items DROP v");
    scene
        .installation()
        .inHot(
            """
            DO $$ DECLARE item record; BEGIN
              SET CONSTRAINTS ALL IMMEDIATE;
              FOR item IN SELECT id FROM items WHERE id %% 4 = %d LOOP
                BEGIN
                  DELETE FROM items WHERE id = item.id;
                EXCEPTION WHEN foreign_key_violation THEN
                  NULL; -- It stays.
                END;
              END LOOP;
            END $$
            """
                .formatted(n % 4));
  }

  private static void recreate(Scene scene) throws SQLException {
    String role = scene.installation().settings().capture().slot();
    scene
        .application()
        .alter(
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
