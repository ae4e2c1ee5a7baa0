-- // archived tables: the registry, and the functions through which sinks create and widen mirrors and cold stores
-- The functions run with the migrator's rights, so names and types come in as data and are quoted or looked up here; the search path is pinned.
CALL pg_temp.take_back('arc', 'arc_kept', 'archived_table');

CREATE TABLE IF NOT EXISTS arc.archived_table (
  schema_name  text NOT NULL,
  table_name   text NOT NULL,
  key          text[] NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE arc.archived_table IS 'Hot tables that have a mirror (same name) and a cold store (schema_cold.table) here';
GRANT SELECT ON arc.archived_table TO arc_sink_group, arc_purger_group, arc_reader_group;

-- The mirror, or the cold store, of a hot table; null while there is none.
CREATE FUNCTION arc.mirror_of(p_schema text, p_table text) RETURNS regclass LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN to_regclass(format('%I.%I', p_schema, p_table));

CREATE FUNCTION arc.cold_of(p_schema text, p_table text) RETURNS regclass LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN to_regclass(format('%I.%I', p_schema || '_cold', p_table));

-- The type as SQL text without length or precision. Only PostgreSQL's own base, range and array types: what else a hot column may have
-- travels as text.
CREATE FUNCTION arc.column_type(p_type text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_type pg_type;
BEGIN
  SELECT * INTO v_type FROM pg_type WHERE oid = to_regtype(p_type);
  IF NOT FOUND OR v_type.typnamespace <> 'pg_catalog'::regnamespace OR v_type.typtype NOT IN ('b', 'r', 'm') OR v_type.typrelid <> 0 THEN
    RAISE EXCEPTION 'type "%" is not one that the archive stores', p_type USING ERRCODE = 'feature_not_supported';
  END IF;
  RETURN format_type(v_type.oid, -1);
END $$;

CREATE FUNCTION arc.check_names(p_schema text, p_table text, p_columns text[]) RETURNS void LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Hot's heartbeat travels like any other row, and is mirrored among the product's own tables.
  IF p_schema IN ('arc', 'arc_kept', 'history', 'information_schema') AND (p_schema, p_table) <> ('arc', 'heartbeat')
     OR p_schema LIKE 'pg\_%' OR p_schema LIKE 'arc\_aside\_%' OR p_schema LIKE '%\_cold' OR octet_length(p_schema) NOT BETWEEN 1 AND 58
     OR octet_length(p_table) NOT BETWEEN 1 AND 63 THEN
    RAISE EXCEPTION 'a table named "%"."%" cannot be archived', p_schema, p_table USING ERRCODE = 'invalid_name',
      HINT = 'Its schema may not be arc, arc_kept, history, one of PostgreSQL''s or one that ends with _cold, and has at most 58 bytes.';
  END IF;
  IF EXISTS (SELECT FROM unnest(p_columns) AS c WHERE c IS NULL OR c LIKE 'arc\_%' OR octet_length(c) NOT BETWEEN 1 AND 63) THEN
    RAISE EXCEPTION 'table "%"."%" has a column that begins with arc_', p_schema, p_table USING ERRCODE = 'invalid_name';
  END IF;
END $$;

-- Whether a column of one type keeps every value of another as hot wrote it: text takes all, bigint the smaller integers.
CREATE FUNCTION arc.takes(p_present oid, p_wanted text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN p_present = to_regtype(p_wanted) OR p_present = 'text'::regtype
  OR p_present = 'bigint'::regtype AND to_regtype(p_wanted) IN ('integer'::regtype, 'smallint'::regtype);

-- Whether mirror and cold store have all these columns with types that take these: the cheap answer to most calls.
CREATE FUNCTION arc.has_columns(p_schema text, p_table text, p_columns text[], p_types text[]) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN NOT EXISTS (
  SELECT FROM unnest(p_columns, p_types) AS c (name, type)
  CROSS JOIN (VALUES (arc.mirror_of(p_schema, p_table)), (arc.cold_of(p_schema, p_table))) AS t (rel)
  LEFT JOIN pg_attribute a ON a.attrelid = t.rel AND a.attname = c.name::name AND a.attnum > 0 AND NOT a.attisdropped
  WHERE a.attnum IS NULL OR arc.takes(a.atttypid, c.type) IS NOT TRUE);

-- Adds the column where it is missing; refuses one of another type.
CREATE FUNCTION arc.add_column(p_rel regclass, p_column text, p_type text, p_fill text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' AS $$
DECLARE
  v_type text := arc.column_type(p_type);
  v_present oid;
BEGIN
  SELECT a.atttypid INTO v_present FROM pg_attribute a
  WHERE a.attrelid = p_rel AND a.attname = p_column::name AND a.attnum > 0 AND NOT a.attisdropped;
  IF NOT FOUND THEN
    EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', p_rel, p_column, v_type) || coalesce(format(' DEFAULT %L', p_fill), '');
  ELSIF NOT arc.takes(v_present, v_type) THEN
    RAISE EXCEPTION 'column "%" of % is % in the archive and cannot become %', p_column, p_rel, format_type(v_present, -1), v_type
      USING ERRCODE = 'datatype_mismatch', HINT = 'The hot column changed its type: arc.retype_column makes the archive''s column text, which takes every type.';
  END IF;
END $$;

CREATE FUNCTION arc.grant_table(p_schema text, p_table text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I, %I TO arc_sink_group, arc_purger_group, arc_reader_group', p_schema, p_schema || '_cold');
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO arc_sink_group', arc.mirror_of(p_schema, p_table));
  EXECUTE format('GRANT SELECT, INSERT ON %s TO arc_sink_group', arc.cold_of(p_schema, p_table));
  EXECUTE format('GRANT SELECT ON %s, %s TO arc_purger_group, arc_reader_group', arc.mirror_of(p_schema, p_table), arc.cold_of(p_schema, p_table));
END $$;

-- A name of at most 63 bytes; the digest keeps two long tables' partitions apart.
CREATE FUNCTION arc.partition_name(p_table text, p_suffix text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_stem text := p_table;
BEGIN
  IF octet_length(p_table || p_suffix) <= 63 THEN
    RETURN p_table || p_suffix;
  END IF;
  WHILE octet_length(v_stem) > 54 - octet_length(p_suffix) LOOP
    v_stem := left(v_stem, -1);
  END LOOP;
  RETURN v_stem || '_' || left(md5(p_table), 8) || p_suffix;
END $$;

-- One at a time for all DDL of the archive. A caller that waits too long gets 55P03 and tries again.
-- A lock on a table, not an advisory one: only such a lock, when it comes, tells the caller's catalog caches what was made meanwhile.
CREATE FUNCTION arc.lock_ddl() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  LOCK TABLE arc.archived_table IN SHARE ROW EXCLUSIVE MODE;
END $$;

CREATE FUNCTION arc.create_mirror(p_schema text, p_table text, p_columns text, p_key text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format($ddl$
    CREATE TABLE %I.%I (
      %s,
      arc_version      int NOT NULL,
      arc_epoch        int NOT NULL,
      arc_lsn          pg_lsn NOT NULL,
      arc_txid         bigint,
      arc_committed_at timestamptz,
      arc_archived_at  timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (%s)
    ) WITH (fillfactor = 90) $ddl$, p_schema, p_table, p_columns, p_key);
END $$;

CREATE FUNCTION arc.create_cold(p_schema text, p_table text, p_columns text, p_key text, p_aged boolean) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format($ddl$
    CREATE TABLE %I.%I (
      %s,
      arc_version      int NOT NULL,
      arc_epoch        int NOT NULL,
      arc_lsn          pg_lsn NOT NULL,
      arc_txid         bigint,
      arc_committed_at timestamptz,
      arc_archived_at  timestamptz NOT NULL DEFAULT now(),
      arc_cause        text NOT NULL CONSTRAINT arc_cause CHECK (arc_cause IN ('purged', 'deleted', 'rekeyed', 'unseen')),
      arc_age          timestamp NOT NULL,
      PRIMARY KEY (%s, arc_epoch, arc_lsn, arc_age)
    ) %s $ddl$, p_schema || '_cold', p_table, p_columns, p_key,
    CASE WHEN p_aged THEN 'PARTITION BY RANGE (arc_age)' ELSE 'WITH (fillfactor = 100)' END);
END $$;

CREATE FUNCTION arc.ensure_partition(p_schema text, p_table text, p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  v_parent regclass := arc.cold_of(p_schema, p_table);
  v_month timestamp := date_trunc('month', p_month::timestamp);
  v_name text := arc.partition_name(p_table, CASE WHEN p_month IS NULL THEN '_undated' ELSE to_char(v_month, '"_y"YYYY"m"MM') END);
  v_from text := CASE WHEN p_month IS NULL THEN 'MINVALUE' ELSE quote_literal(v_month::date) END;
  v_to text := quote_literal(CASE WHEN p_month IS NULL THEN '1900-01-01' ELSE (v_month + interval '1 month')::date END);
  v_partition text := format('%I.%I', p_schema || '_cold', v_name);
BEGIN
  IF EXISTS (SELECT FROM pg_inherits WHERE inhparent = v_parent AND inhrelid = to_regclass(v_partition)) THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table) OR v_parent IS NULL THEN
    RAISE EXCEPTION 'table "%"."%" has no cold store yet', p_schema, p_table USING ERRCODE = 'undefined_table', HINT = 'arc.ensure_table creates it.';
  END IF;
  IF (SELECT relkind FROM pg_class WHERE oid = v_parent) <> 'p' THEN
    RETURN;
  END IF;
  IF v_month < '1900-01-01' OR v_month >= '2200-01-01' THEN
    RAISE EXCEPTION 'ages before 1900 and from 2200 on belong to the undated partition' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM arc.lock_ddl();
  IF EXISTS (SELECT FROM pg_inherits WHERE inhparent = v_parent AND inhrelid = to_regclass(v_partition)) THEN
    RETURN;
  END IF;
  IF to_regclass(v_partition) IS NOT NULL THEN
    RAISE EXCEPTION 'table % stands where a partition of % should be', v_partition, v_parent USING ERRCODE = 'duplicate_table';
  END IF;
  -- Standalone and then attached: that locks the cold store against other DDL only, not against readers and writers.
  EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES) WITH (fillfactor = 100)', v_partition, v_parent);
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT arc_month CHECK (arc_age >= %s AND arc_age < %s)', v_partition,
    CASE WHEN p_month IS NULL THEN quote_literal('-infinity') ELSE v_from END, v_to);
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', v_parent, v_partition, v_from, v_to);
  EXECUTE format('ALTER TABLE %s DROP CONSTRAINT arc_month', v_partition);
END $$;

CREATE FUNCTION arc.ensure_column(p_schema text, p_table text, p_column text, p_type text, p_fill text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table) THEN
    RAISE EXCEPTION 'table "%"."%" has no mirror yet', p_schema, p_table USING ERRCODE = 'undefined_table', HINT = 'arc.ensure_table creates it.';
  END IF;
  IF arc.has_columns(p_schema, p_table, ARRAY[p_column], ARRAY[p_type]) THEN
    RETURN;
  END IF;
  PERFORM arc.check_names(p_schema, p_table, ARRAY[p_column]);
  PERFORM arc.lock_ddl();
  -- Rows written before the column existed have its default in hot too; rows that left before that never had the column.
  PERFORM arc.add_column(arc.mirror_of(p_schema, p_table), p_column, p_type, p_fill);
  PERFORM arc.add_column(arc.cold_of(p_schema, p_table), p_column, p_type, NULL);
END $$;

CREATE FUNCTION arc.ensure_table(p_schema text, p_table text, p_columns text[], p_types text[], p_key text[], p_aged boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  v_cold text := p_schema || '_cold';
  v_columns text;
  v_key text;
  v_present text[];
BEGIN
  SELECT key INTO v_present FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table;
  IF v_present = p_key AND arc.has_columns(p_schema, p_table, p_columns, p_types) THEN
    RETURN;
  END IF;
  PERFORM arc.check_names(p_schema, p_table, p_columns);
  IF cardinality(p_columns) IS DISTINCT FROM cardinality(p_types) OR coalesce(cardinality(p_key), 0) = 0 OR NOT p_key <@ p_columns THEN
    RAISE EXCEPTION 'table "%"."%" needs a type for each column, and a key among its columns', p_schema, p_table
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM arc.lock_ddl();
  SELECT key INTO v_present FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table;
  IF v_present IS NULL AND (arc.mirror_of(p_schema, p_table) IS NOT NULL OR arc.cold_of(p_schema, p_table) IS NOT NULL) THEN
    RAISE EXCEPTION 'a table "%"."%" that is not the archive''s stands in the archive database', p_schema, p_table USING ERRCODE = 'duplicate_table';
  ELSIF v_present <> p_key THEN
    RAISE EXCEPTION 'the key of "%"."%" is (%) in the archive and cannot become (%)', p_schema, p_table, array_to_string(v_present, ', '),
      array_to_string(p_key, ', ') USING ERRCODE = 'invalid_table_definition';
  END IF;

  SELECT string_agg(format('%I %s', c.name, arc.column_type(c.type)), ', ' ORDER BY c.at) INTO v_columns
  FROM unnest(p_columns, p_types) WITH ORDINALITY AS c (name, type, at);
  SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.at) INTO v_key FROM unnest(p_key) WITH ORDINALITY AS k (name, at);
  IF to_regnamespace(quote_ident(p_schema)) IS NULL THEN
    EXECUTE format('CREATE SCHEMA %I', p_schema);
  END IF;
  IF to_regnamespace(quote_ident(v_cold)) IS NULL THEN
    EXECUTE format('CREATE SCHEMA %I', v_cold);
  END IF;
  INSERT INTO arc.archived_table (schema_name, table_name, key) VALUES (p_schema, p_table, p_key) ON CONFLICT DO NOTHING;
  IF arc.mirror_of(p_schema, p_table) IS NULL THEN
    PERFORM arc.create_mirror(p_schema, p_table, v_columns, v_key);
  END IF;
  IF arc.cold_of(p_schema, p_table) IS NULL THEN
    PERFORM arc.create_cold(p_schema, p_table, v_columns, v_key, p_aged);
  END IF;
  PERFORM arc.ensure_partition(p_schema, p_table, NULL);
  PERFORM arc.add_column(t.rel, c.name, c.type, NULL)
  FROM unnest(p_columns, p_types) WITH ORDINALITY AS c (name, type, at)
  CROSS JOIN (VALUES (arc.mirror_of(p_schema, p_table)), (arc.cold_of(p_schema, p_table))) AS t (rel)
  ORDER BY c.at;
  PERFORM arc.grant_table(p_schema, p_table);
END $$;

COMMENT ON FUNCTION arc.ensure_table IS 'Creates or widens a hot table''s mirror and cold store, with their grants; does nothing when they stand';
COMMENT ON FUNCTION arc.ensure_column IS 'Adds a column to mirror (with the value that older rows have in hot) and cold store; does nothing when they have it';
COMMENT ON FUNCTION arc.ensure_partition IS 'Adds a month''s partition (null: the undated one) to a cold store; does nothing when it stands';

DO $$
DECLARE
  v_function regprocedure;
BEGIN
  FOR v_function IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'arc'::regnamespace LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION arc.ensure_table, arc.ensure_column, arc.ensure_partition TO arc_sink_group;

-- Tables of the registry that was taken back get their grants again.
SELECT arc.grant_table(schema_name, table_name) FROM arc.archived_table
WHERE arc.mirror_of(schema_name, table_name) IS NOT NULL AND arc.cold_of(schema_name, table_name) IS NOT NULL
ORDER BY schema_name, table_name;

-- //@UNDO
-- The archive's own tables stay where they are; only the rights of the groups go.
DO $$
DECLARE
  v_table record;
BEGIN
  FOR v_table IN SELECT * FROM arc.archived_table
    WHERE arc.mirror_of(schema_name, table_name) IS NOT NULL AND arc.cold_of(schema_name, table_name) IS NOT NULL
  LOOP
    EXECUTE format('REVOKE ALL ON %s, %s FROM arc_sink_group, arc_purger_group, arc_reader_group',
      arc.mirror_of(v_table.schema_name, v_table.table_name), arc.cold_of(v_table.schema_name, v_table.table_name));
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM arc_sink_group, arc_purger_group, arc_reader_group', v_table.schema_name || '_cold');
    IF v_table.schema_name <> 'arc' THEN
      EXECUTE format('REVOKE ALL ON SCHEMA %I FROM arc_sink_group, arc_purger_group, arc_reader_group', v_table.schema_name);
    END IF;
  END LOOP;
END $$;
DROP FUNCTION arc.ensure_table, arc.ensure_column, arc.ensure_partition, arc.create_cold, arc.create_mirror, arc.lock_ddl, arc.partition_name,
  arc.grant_table, arc.add_column, arc.has_columns, arc.takes, arc.check_names, arc.column_type, arc.cold_of, arc.mirror_of;
REVOKE ALL ON arc.archived_table FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'archived_table');
