-- // superseded: images that another one replaced while nobody watched go to the cold store too
-- A snapshot of a new epoch may find other content under a key: the image that stood there is then the archive's alone.
CREATE OR REPLACE FUNCTION arc.create_cold(p_schema text, p_table text, p_columns text, p_key text, p_aged boolean) RETURNS void LANGUAGE plpgsql
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
      arc_cause        text NOT NULL CONSTRAINT arc_cause CHECK (arc_cause IN ('purged', 'deleted', 'rekeyed', 'unseen', 'superseded')),
      arc_age          timestamp NOT NULL,
      PRIMARY KEY (%s, arc_epoch, arc_lsn, arc_age)
    ) %s $ddl$, p_schema || '_cold', p_table, p_columns, p_key,
    CASE WHEN p_aged THEN 'PARTITION BY RANGE (arc_age)' ELSE 'WITH (fillfactor = 100)' END);
END $$;

-- Each cold store is read once, to see that its rows are what the new condition wants; the sink waits meanwhile.
DO $$
DECLARE
  v_cold regclass;
BEGIN
  FOR v_cold IN SELECT arc.cold_of(schema_name, table_name) FROM arc.archived_table ORDER BY schema_name, table_name LOOP
    CONTINUE WHEN v_cold IS NULL;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT arc_cause', v_cold);
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT arc_cause CHECK (arc_cause IN (''purged'', ''deleted'', ''rekeyed'', ''unseen'', ''superseded'')) NOT VALID', v_cold);
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT arc_cause', v_cold);
  END LOOP;
END $$;

-- //@UNDO
-- Superseded images stay where they are: where there are some, the older condition holds for new rows alone.
CREATE OR REPLACE FUNCTION arc.create_cold(p_schema text, p_table text, p_columns text, p_key text, p_aged boolean) RETURNS void LANGUAGE plpgsql
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

DO $$
DECLARE
  v_cold regclass;
BEGIN
  FOR v_cold IN SELECT arc.cold_of(schema_name, table_name) FROM arc.archived_table ORDER BY schema_name, table_name LOOP
    CONTINUE WHEN v_cold IS NULL;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT arc_cause', v_cold);
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT arc_cause CHECK (arc_cause IN (''purged'', ''deleted'', ''rekeyed'', ''unseen'')) NOT VALID', v_cold);
    BEGIN
      EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT arc_cause', v_cold);
    EXCEPTION WHEN check_violation THEN
      RAISE NOTICE 'cold store % keeps its superseded images', v_cold;
    END;
  END LOOP;
END $$;
