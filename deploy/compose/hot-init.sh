#!/bin/bash
# Runs once, when hot's data directory is made: the migrator, who is no superuser but may do what provisioning needs.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$(head -n 1 /run/database-secrets/migrator)" <<'SQL'
CREATE ROLE arc_migrator LOGIN CREATEROLE REPLICATION PASSWORD :'password';
SELECT format('ALTER DATABASE %I OWNER TO arc_migrator', current_database()) \gexec
ALTER SCHEMA public OWNER TO arc_migrator;
GRANT EXECUTE ON FUNCTION pg_replication_origin_create(text), pg_replication_origin_drop(text) TO arc_migrator;
SELECT format('GRANT EXECUTE ON FUNCTION %s TO arc_migrator WITH GRANT OPTION', oid::regprocedure)
FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
  AND proname IN ('pg_replication_origin_session_setup', 'pg_replication_origin_session_reset', 'pg_replication_origin_session_is_setup',
                  'pg_replication_origin_xact_setup', 'pg_replication_origin_progress', 'pg_replication_origin_oid') \gexec
SQL
