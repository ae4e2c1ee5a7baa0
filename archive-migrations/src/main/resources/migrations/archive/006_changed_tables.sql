-- // tables that changed in hot: columns retyped, tables set aside
-- What the archive's owner decides when a hot table has changed so that its copies do not fit any more. Not granted to the sink.
CALL pg_temp.take_back('arc', 'arc_kept', 'aside_table');

CREATE TABLE IF NOT EXISTS arc.aside_table (
  aside_schema  text PRIMARY KEY,
  schema_name   text NOT NULL,
  table_name    text NOT NULL,
  key           text[] NOT NULL,
  last_version  int NOT NULL,
  set_aside_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.aside_table IS 'Cold stores set aside because the hot table''s key changed; they stand in aside_schema under the table''s name';
COMMENT ON COLUMN arc.aside_table.last_version IS 'Versions up to this one belong to the table that was set aside';
GRANT SELECT ON arc.aside_table TO arc_sink_group, arc_purger_group, arc_reader_group;

CREATE FUNCTION arc.grant_aside(p_aside text, p_table text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO arc_sink_group, arc_purger_group, arc_reader_group', p_aside);
  EXECUTE format('GRANT SELECT ON %I.%I TO arc_sink_group, arc_purger_group, arc_reader_group', p_aside, p_table);
END $$;

-- Every value keeps the text that hot wrote: by the type's output function, which a cast is not for boolean, char(n) and inet.
CREATE FUNCTION arc.retype_column(p_schema text, p_table text, p_column text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' SET lc_monetary = 'C' SET lock_timeout = '30s' AS $$
DECLARE
  v_rel regclass;
  v_type oid;
  v_default text;
BEGIN
  IF p_column LIKE 'arc\_%' OR NOT EXISTS (SELECT FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table) THEN
    RAISE EXCEPTION 'the archive has no table "%"."%" with a column "%" of hot''s', p_schema, p_table, p_column USING ERRCODE = 'undefined_column';
  END IF;
  PERFORM arc.lock_ddl();
  FOREACH v_rel IN ARRAY ARRAY[arc.mirror_of(p_schema, p_table), arc.cold_of(p_schema, p_table)] LOOP
    SELECT a.atttypid, pg_get_expr(d.adbin, d.adrelid) INTO v_type, v_default
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = v_rel AND a.attname = p_column::name AND a.attnum > 0 AND NOT a.attisdropped;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'table % has no column "%"', v_rel, p_column USING ERRCODE = 'undefined_column';
    END IF;
    CONTINUE WHEN v_type = 'text'::regtype;
    IF v_default IS NOT NULL THEN
      EXECUTE format('SELECT format(''%%s'', %s)', v_default) INTO v_default;
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', v_rel, p_column);
    END IF;
    EXECUTE format('ALTER TABLE %1$s ALTER COLUMN %2$I TYPE text USING CASE WHEN %2$I IS NOT NULL THEN format(''%%s'', %2$I) END', v_rel, p_column);
    IF v_default IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %L', v_rel, p_column, v_default);
    END IF;
  END LOOP;
END $$;

-- The mirror's rows join the cold store as unseen departures: under the key they had, nothing more will come. Their place in hot's history is the
-- last one, which no change has, and their age is not told. Then the cold store moves to a schema of its own, and the registry forgets the table.
CREATE FUNCTION arc.set_aside_table(p_schema text, p_table text) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET lock_timeout = '30s' AS $$
DECLARE
  v_mirror regclass := arc.mirror_of(p_schema, p_table);
  v_cold regclass := arc.cold_of(p_schema, p_table);
  v_number int := 1;
  v_aside text;
  v_columns text;
  v_partition regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table) OR v_mirror IS NULL OR v_cold IS NULL THEN
    RAISE EXCEPTION 'the archive has no table "%"."%"', p_schema, p_table USING ERRCODE = 'undefined_table';
  END IF;
  IF NOT EXISTS (SELECT FROM arc.purge_hold WHERE released_at IS NULL AND held_by = 'archive-sink'
                 AND CASE WHEN scope <> '*' THEN parse_ident(scope) = ARRAY[p_schema, p_table] END) THEN
    RAISE EXCEPTION 'the sink has not stopped at "%"."%", so nothing is set aside', p_schema, p_table USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  PERFORM arc.lock_ddl();
  EXECUTE format('LOCK TABLE %s, %s IN ACCESS EXCLUSIVE MODE', v_mirror, v_cold);
  WHILE to_regnamespace('arc_aside_' || v_number) IS NOT NULL LOOP
    v_number := v_number + 1;
  END LOOP;
  v_aside := 'arc_aside_' || v_number;
  INSERT INTO arc.aside_table (aside_schema, schema_name, table_name, key, last_version)
  SELECT v_aside, p_schema, p_table, t.key, coalesce((SELECT max(version) FROM arc.table_version WHERE schema_name = p_schema AND table_name = p_table), 0)
  FROM arc.archived_table t WHERE schema_name = p_schema AND table_name = p_table;

  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO v_columns FROM pg_attribute
  WHERE attrelid = v_mirror AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'arc\_%';
  EXECUTE format($move$
    INSERT INTO %1$s (%2$s, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
    SELECT %2$s, arc_version, arc_epoch, 'FFFFFFFF/FFFFFFFF', 'unseen', '-infinity' FROM %3$s $move$, v_cold, v_columns, v_mirror);
  EXECUTE format('DROP TABLE %s', v_mirror);
  EXECUTE format('CREATE SCHEMA %I', v_aside);
  FOR v_partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = v_cold LOOP
    EXECUTE format('ALTER TABLE %s SET SCHEMA %I', v_partition, v_aside);
  END LOOP;
  EXECUTE format('ALTER TABLE %s SET SCHEMA %I', v_cold, v_aside);
  EXECUTE format('REVOKE ALL ON %I.%I FROM arc_sink_group', v_aside, p_table);
  PERFORM arc.grant_aside(v_aside, p_table);
  DELETE FROM arc.table_version WHERE schema_name = p_schema AND table_name = p_table;
  DELETE FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table;
  RETURN format('%I.%I', v_aside, p_table);
END $$;

COMMENT ON FUNCTION arc.retype_column IS 'Makes a column of mirror and cold store text, so that it takes every type the hot column may become';
COMMENT ON FUNCTION arc.set_aside_table IS 'Sets a table whose key changed in hot aside, readable, so that its next version makes a new mirror and cold store';
REVOKE ALL ON FUNCTION arc.grant_aside, arc.retype_column, arc.set_aside_table FROM PUBLIC;

-- Tables that were set aside before get their grants again.
SELECT arc.grant_aside(aside_schema, table_name) FROM arc.aside_table
WHERE to_regclass(format('%I.%I', aside_schema, table_name)) IS NOT NULL ORDER BY aside_schema;

-- //@UNDO
-- What was set aside stays where it is; only the rights of the groups go.
DO $$
DECLARE
  v_aside record;
BEGIN
  FOR v_aside IN SELECT * FROM arc.aside_table WHERE to_regclass(format('%I.%I', aside_schema, table_name)) IS NOT NULL LOOP
    EXECUTE format('REVOKE ALL ON %I.%I FROM arc_sink_group, arc_purger_group, arc_reader_group', v_aside.aside_schema, v_aside.table_name);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM arc_sink_group, arc_purger_group, arc_reader_group', v_aside.aside_schema);
  END LOOP;
END $$;
DROP FUNCTION arc.set_aside_table, arc.retype_column, arc.grant_aside;
REVOKE ALL ON arc.aside_table FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'aside_table');
