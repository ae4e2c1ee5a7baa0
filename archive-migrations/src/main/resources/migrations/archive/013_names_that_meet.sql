-- // names that meet: a partition or an index of one table does not stand in another table's way
-- A partition is known by its bounds, not by its name: where its name is taken, it gets another one, and gives way to a table that needs it.
CREATE FUNCTION arc.has_partition(p_parent regclass, p_month timestamp) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO, MDY'
RETURN EXISTS (
  SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = p_parent AND pg_get_expr(c.relpartbound, c.oid) = CASE
    WHEN p_month IS NULL THEN 'FOR VALUES FROM (MINVALUE) TO (''1900-01-01 00:00:00'')'
    ELSE format('FOR VALUES FROM (%L) TO (%L)', p_month, p_month + interval '1 month') END);

-- The name that a partition has by its table, or the first numbered one that nothing in the schema has.
CREATE FUNCTION arc.free_name(p_schema text, p_table text, p_suffix text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_name text := arc.partition_name(p_table, p_suffix);
  v_number int := 1;
BEGIN
  WHILE EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(p_schema)) AND relname = v_name::name) LOOP
    v_number := v_number + 1;
    v_name := arc.partition_name(p_table, '_' || v_number || p_suffix);
  END LOOP;
  RETURN v_name;
END $$;

-- Renames a partition of a cold store, or an index of the archive's, that has the name which a table needs. Whatever else has it stays as it is.
CREATE FUNCTION arc.make_way(p_schema text, p_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_rel regclass;
  v_kind "char";
  v_of text;
BEGIN
  SELECT c.oid, c.relkind, t.table_name INTO v_rel, v_kind, v_of
  FROM pg_class c
  LEFT JOIN pg_index x ON x.indexrelid = c.oid
  LEFT JOIN pg_inherits i ON i.inhrelid = coalesce(x.indrelid, c.oid)
  JOIN arc.archived_table t ON i.inhparent = arc.cold_of(t.schema_name, t.table_name)
    OR x.indrelid IN (arc.mirror_of(t.schema_name, t.table_name), arc.cold_of(t.schema_name, t.table_name))
  WHERE c.relnamespace = to_regnamespace(quote_ident(p_schema)) AND c.relname = p_name::name;
  IF FOUND THEN
    EXECUTE format('ALTER %s %s RENAME TO %I', CASE WHEN v_kind IN ('i', 'I') THEN 'INDEX' ELSE 'TABLE' END, v_rel, arc.free_name(p_schema, v_of, '_moved'));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION arc.ensure_partition(p_schema text, p_table text, p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  v_parent regclass := arc.cold_of(p_schema, p_table);
  v_month timestamp := date_trunc('month', p_month::timestamp);
  v_suffix text := CASE WHEN p_month IS NULL THEN '_undated' ELSE to_char(v_month, '"_y"YYYY"m"MM') END;
  v_from text := CASE WHEN p_month IS NULL THEN 'MINVALUE' ELSE quote_literal(v_month::date) END;
  v_to text := quote_literal(CASE WHEN p_month IS NULL THEN '1900-01-01' ELSE (v_month + interval '1 month')::date END);
  v_partition text;
BEGIN
  IF arc.has_partition(v_parent, v_month) THEN
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
  IF arc.has_partition(v_parent, v_month) THEN
    RETURN;
  END IF;
  v_partition := format('%I.%I', p_schema || '_cold', arc.free_name(p_schema || '_cold', p_table, v_suffix));
  -- Standalone and then attached: that locks the cold store against other DDL only, not against readers and writers.
  EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES) WITH (fillfactor = 100)', v_partition, v_parent);
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT arc_month CHECK (arc_age >= %s AND arc_age < %s)', v_partition,
    CASE WHEN p_month IS NULL THEN quote_literal('-infinity') ELSE v_from END, v_to);
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', v_parent, v_partition, v_from, v_to);
  EXECUTE format('ALTER TABLE %s DROP CONSTRAINT arc_month', v_partition);
END $$;

CREATE OR REPLACE FUNCTION arc.ensure_table(p_schema text, p_table text, p_columns text[], p_types text[], p_key text[], p_aged boolean) RETURNS void
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
  IF v_present IS NULL THEN
    PERFORM arc.make_way(p_schema, p_table), arc.make_way(v_cold, p_table);
  END IF;
  IF v_present IS NULL AND (arc.mirror_of(p_schema, p_table) IS NOT NULL OR arc.cold_of(p_schema, p_table) IS NOT NULL) THEN
    RAISE EXCEPTION 'the archive database already has a relation named "%"."%" that is not the archive''s',
      CASE WHEN arc.mirror_of(p_schema, p_table) IS NOT NULL THEN p_schema ELSE v_cold END, p_table USING ERRCODE = 'duplicate_table';
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

REVOKE ALL ON FUNCTION arc.has_partition, arc.free_name, arc.make_way FROM PUBLIC;

-- //@UNDO
-- Partitions with other names get the ones that the older version looks for, where these are free.
DO $$
DECLARE
  v_part record;
  v_name text;
BEGIN
  FOR v_part IN
    SELECT c.oid::regclass AS rel, c.relname, t.schema_name || '_cold' AS cold, t.table_name,
      substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \(''(\d{4}-\d\d)') AS month
    FROM arc.archived_table t JOIN pg_inherits i ON i.inhparent = arc.cold_of(t.schema_name, t.table_name) JOIN pg_class c ON c.oid = i.inhrelid
  LOOP
    v_name := arc.partition_name(v_part.table_name, coalesce('_y' || replace(v_part.month, '-', 'm'), '_undated'));
    CONTINUE WHEN v_name = v_part.relname;
    IF to_regclass(format('%I.%I', v_part.cold, v_name)) IS NULL THEN
      EXECUTE format('ALTER TABLE %s RENAME TO %I', v_part.rel, v_name);
    ELSE
      RAISE NOTICE 'partition % keeps its name: % is another table''s', v_part.rel, v_name;
    END IF;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION arc.ensure_partition(p_schema text, p_table text, p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
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

CREATE OR REPLACE FUNCTION arc.ensure_table(p_schema text, p_table text, p_columns text[], p_types text[], p_key text[], p_aged boolean) RETURNS void
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

DROP FUNCTION arc.make_way, arc.free_name, arc.has_partition;
