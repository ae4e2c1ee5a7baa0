#!/bin/bash
# Runs once, when the archive's data directory is made: its migrator, who is no superuser.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$(head -n 1 /run/database-secrets/migrator)" <<'SQL'
CREATE ROLE arc_migrator LOGIN CREATEROLE PASSWORD :'password';
SELECT format('ALTER DATABASE %I OWNER TO arc_migrator', current_database()) \gexec
ALTER SCHEMA public OWNER TO arc_migrator;
SQL
