package io.valmed.archive.operations.init;

import io.valmed.archive.model.Sql;
import java.nio.file.Path;
import org.postgresql.util.PasswordUtil;

/**
 * What only a superuser can do, once: after it the product needs none. Plain SQL, an empty line
 * between statements; running it again changes nothing. Passwords stand there as verifiers only.
 */
final class SuperuserStatements {
  private static final String ROLE =
      """
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'arc_migrator') THEN CREATE ROLE arc_migrator; END IF;
      END $$;
      """;

  private static final String HOT =
      """
      -- For a superuser of hot, in database %1$s:  psql -h HOST -U postgres -d %1$s -f %2$s
      -- wal_level takes effect at the server's next start.
      ALTER SYSTEM SET wal_level = 'logical';

      %3$s
      ALTER ROLE arc_migrator LOGIN CREATEROLE REPLICATION PASSWORD %4$s;

      GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %5$s TO arc_migrator WITH GRANT OPTION;

      -- Publication, replica identity and indexes need the rights of the tables' owners. Never those of a superuser.
      DO $$
      DECLARE
        v record;
      BEGIN
        FOR v IN
          SELECT DISTINCT n.nspname, o.rolname, o.rolsuper
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner
          WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('arc', 'arc_kept', 'history', 'information_schema') AND n.nspname !~ '^pg_'
        LOOP
          EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %%I TO arc_migrator WITH GRANT OPTION', v.nspname);
          IF v.rolsuper THEN
            RAISE WARNING 'tables of schema %% belong to superuser %%: give them to another role (ALTER TABLE ... OWNER TO ...), then run this again', v.nspname, v.rolname;
          ELSIF v.rolname <> 'arc_migrator' THEN
            EXECUTE format('GRANT %%I TO arc_migrator', v.rolname);
          END IF;
        END LOOP;
      END $$;

      GRANT EXECUTE ON FUNCTION pg_replication_origin_create(text), pg_replication_origin_drop(text) TO arc_migrator;

      DO $$
      DECLARE
        v_function text;
      BEGIN
        FOR v_function IN
          SELECT oid::regprocedure::text FROM pg_proc
          WHERE pronamespace = 'pg_catalog'::regnamespace
          AND proname IN ('pg_replication_origin_session_setup', 'pg_replication_origin_session_reset', 'pg_replication_origin_session_is_setup',
                          'pg_replication_origin_xact_setup', 'pg_replication_origin_progress', 'pg_replication_origin_oid')
        LOOP
          EXECUTE format('GRANT EXECUTE ON FUNCTION %%s TO arc_migrator WITH GRANT OPTION', v_function);
        END LOOP;
      END $$;
      """;

  // The last statement may say that the database is there already: then it is given to the migrator
  // before.
  private static final String ARCHIVE =
      """
      -- For a superuser of the archive's server, in database postgres:  psql -h HOST -U postgres -d postgres -f %1$s
      %2$s
      ALTER ROLE arc_migrator LOGIN CREATEROLE PASSWORD %3$s;

      -- Groups that another archive on this server has made already.
      DO $$
      DECLARE
        v_group text;
      BEGIN
        FOR v_group IN SELECT rolname FROM pg_roles WHERE rolname IN ('arc_sink_group', 'arc_purger_group', 'arc_reader_group') LOOP
          EXECUTE format('GRANT %%I TO arc_migrator WITH ADMIN OPTION, INHERIT FALSE', v_group);
        END LOOP;
        IF EXISTS (SELECT FROM pg_database WHERE datname = %4$s) THEN
          EXECUTE format('ALTER DATABASE %%I OWNER TO arc_migrator', %4$s);
        END IF;
      END $$;

      -- Where it exists already, this says so, and all is well.
      CREATE DATABASE %5$s OWNER arc_migrator TEMPLATE template0 ENCODING 'UTF8';
      """;

  private SuperuserStatements() {}

  static String ofHot(String database, String password, Path file) {
    return HOT.formatted(database, file, ROLE, verifier(password), Sql.identifier(database));
  }

  static String ofArchive(String database, String password, Path file) {
    return ARCHIVE.formatted(
        file, ROLE, verifier(password), Sql.literal(database), Sql.identifier(database));
  }

  /** Servers log statements: no password is in one. */
  private static String verifier(String password) {
    return Sql.literal(PasswordUtil.encodeScramSha256(password.toCharArray()));
  }
}
