-- // witnesses: journal and cold store are compared while the product runs, and what is missing is mended
CALL pg_temp.take_back('arc', 'arc_kept', 'purge_unwitnessed', 'purged_departure', 'purge_repaired');

CREATE TABLE IF NOT EXISTS arc.purge_unwitnessed (
  page  bigint PRIMARY KEY
);
COMMENT ON TABLE arc.purge_unwitnessed IS 'Journal pages whose departures have not all been seen in the cold store yet: each page from its beginning on';

-- No key: a transaction's departures come in several batches of several sinks, each of which adds what it has put into the cold store.
CREATE TABLE IF NOT EXISTS arc.purged_departure (
  table_name    text NOT NULL,
  epoch         int NOT NULL,
  txid          bigint NOT NULL,
  rows          bigint NOT NULL,
  committed_at  timestamptz,
  archived_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  prefix        text NOT NULL DEFAULT '',
  journaled     boolean NOT NULL DEFAULT true
);
CREATE INDEX IF NOT EXISTS purged_departure_txid ON arc.purged_departure (txid);
CREATE INDEX IF NOT EXISTS purged_departure_unjournaled ON arc.purged_departure (txid) WHERE NOT journaled;
COMMENT ON TABLE arc.purged_departure IS 'How many purged rows of a transaction of hot were put into a cold store; written in the transaction that puts them there';
COMMENT ON COLUMN arc.purged_departure.prefix IS 'The installation whose table it is';
COMMENT ON COLUMN arc.purged_departure.journaled IS 'Whether the journal had a page of that transaction then, or was filled again since';

CREATE TABLE IF NOT EXISTS arc.purge_repaired (
  page         bigint NOT NULL,
  table_name   text NOT NULL,
  key          text[] NOT NULL,
  epoch        int NOT NULL,
  txid         bigint NOT NULL,
  repaired_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (table_name, key, page)
);
COMMENT ON TABLE arc.purge_repaired IS 'Departures that were made from the mirror''s row and the journal, because none had come from hot';

CREATE INDEX purge_page_txid ON arc.purge_page ((hot_xid & 4294967295));

-- Older pages are compared by "archive verify" alone.
INSERT INTO arc.purge_unwitnessed
SELECT id FROM arc.purge_page WHERE outcome = 'intended' OR settled_at > now() - interval '1 day' ON CONFLICT DO NOTHING;

CREATE FUNCTION arc.await_witnesses() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO arc.purge_unwitnessed VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER await_witnesses AFTER INSERT ON arc.purge_page FOR EACH ROW EXECUTE FUNCTION arc.await_witnesses();

-- The page is there before hot is asked to delete: a departure without one is of a journal that has lost it.
CREATE FUNCTION arc.look_for_page() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.prefix := coalesce((
    SELECT c.prefix FROM arc.table_claim c
    WHERE c.schema_name = (parse_ident(NEW.table_name))[1] AND c.table_name = (parse_ident(NEW.table_name))[2]), '');
  NEW.journaled := EXISTS (
    SELECT FROM arc.purge_page p
    WHERE (p.hot_xid & 4294967295) = NEW.txid AND p.outcome <> 'rolled-back' AND (p.prefix IN ('', NEW.prefix) OR NEW.prefix = ''));
  RETURN NEW;
END $$;
CREATE TRIGGER look_for_page BEFORE INSERT ON arc.purged_departure FOR EACH ROW EXECUTE FUNCTION arc.look_for_page();

-- Moves rows of a committed page that never departed from the mirror to the cold store: only those that the page names, whose mirror rows have the
-- digest that it proved, and have not changed since the caller read them (epoch and lsn). The caller has asked hot whether they are gone.
CREATE FUNCTION arc.repair_departures(p_page bigint, p_schema text, p_table text, p_rows jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' SET lc_monetary = 'C' SET xmloption = 'content' SET lock_timeout = '3s' AS $$
DECLARE
  v_mirror regclass := arc.mirror_of(p_schema, p_table);
  v_cold regclass := arc.cold_of(p_schema, p_table);
  v_key text[];
  v_columns text;
  v_match text;
  v_texts text;
  v_version record;
  v_month date;
  v_moved bigint;
  v_all bigint := 0;
BEGIN
  SELECT key INTO v_key FROM arc.archived_table WHERE schema_name = p_schema AND table_name = p_table;
  IF NOT FOUND OR v_mirror IS NULL OR v_cold IS NULL THEN
    RAISE EXCEPTION 'the archive has no table "%"."%"', p_schema, p_table USING ERRCODE = 'undefined_table';
  END IF;
  IF NOT EXISTS (SELECT FROM arc.purge_page WHERE id = p_page AND outcome = 'committed') THEN
    RAISE EXCEPTION 'journal page % is not a committed one', p_page USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF pg_client_encoding() <> 'UTF8' THEN
    RAISE EXCEPTION 'digests are those of text in UTF8' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR v_month IN SELECT DISTINCT CASE WHEN isfinite(w.age) THEN date_trunc('month', w.age)::date END
                 FROM jsonb_to_recordset(p_rows) AS w (age timestamp) LOOP
    PERFORM arc.ensure_partition(p_schema, p_table, v_month);
  END LOOP;
  SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) INTO v_columns FROM pg_attribute
  WHERE attrelid = v_mirror AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'arc\_%';
  SELECT string_agg(format('m.%I = w.key[%s]::%s', k.name, k.at, format_type(a.atttypid, a.atttypmod)), ' AND ' ORDER BY k.at),
    string_agg(format('m.%I::text', k.name), ', ' ORDER BY k.at) INTO v_match, v_texts
  FROM unnest(v_key) WITH ORDINALITY AS k (name, at) JOIN pg_attribute a ON a.attrelid = v_mirror AND a.attname = k.name::name;
  -- The digest covers the columns that hot had when the row was proven: those of some version since the mirror row's own.
  FOR v_version IN
    SELECT v.version, string_agg(format('CASE WHEN m.%1$I IS DISTINCT FROM NULL THEN concat(m.%1$I) END', c.item ->> 'name'), ', ' ORDER BY c.place) AS texts
    FROM arc.table_version v CROSS JOIN jsonb_array_elements(v.columns) WITH ORDINALITY AS c (item, place)
    LEFT JOIN pg_attribute a ON a.attrelid = v_mirror AND a.attname = (c.item ->> 'name')::name AND NOT a.attisdropped
    WHERE v.schema_name = p_schema AND v.table_name = p_table
    GROUP BY v.version HAVING bool_and(a.attnum IS NOT NULL) ORDER BY v.version DESC
  LOOP
    EXECUTE format($move$
      WITH page AS MATERIALIZED (
        SELECT id AS arc_p_id, hot_xid & 4294967295 AS arc_p_txid, hot_lsn AS arc_p_lsn FROM arc.purge_page WHERE id = $1),
      w AS MATERIALIZED (
        SELECT r.key, r.table_name, r.digest, g.epoch, g.lsn, g.age
        FROM jsonb_to_recordset($2) AS g (key text[], epoch int, lsn pg_lsn, age timestamp)
        JOIN arc.purge_row r ON r.page = $1 AND r.key = g.key AND parse_ident(r.table_name) = ARRAY[$3, $4]),
      moved AS (
        DELETE FROM %1$s AS m USING w
        WHERE %2$s AND ARRAY[%3$s] = w.key AND m.arc_epoch = w.epoch AND m.arc_lsn = w.lsn AND m.arc_version <= $5
          AND sha256(array_send(ARRAY[%4$s])) = w.digest
        RETURNING m.*, w.key AS arc_key, w.table_name AS arc_table, w.age AS arc_given),
      kept AS (
        INSERT INTO %5$s (%6$s, arc_version, arc_epoch, arc_lsn, arc_txid, arc_cause, arc_age)
        SELECT %6$s, $5, arc_epoch, arc_p_lsn, arc_p_txid, 'purged', m.arc_given FROM moved m, page),
      marked AS (
        INSERT INTO arc.purge_repaired (page, table_name, key, epoch, txid)
        SELECT arc_p_id, m.arc_table, m.arc_key, m.arc_epoch, arc_p_txid FROM moved m, page),
      counted AS (
        INSERT INTO arc.purged_departure (table_name, epoch, txid, rows)
        SELECT m.arc_table, m.arc_epoch, arc_p_txid, count(*) FROM moved m, page GROUP BY 1, 2, 3)
      SELECT count(*) FROM moved $move$, v_mirror, v_match, v_texts, v_version.texts, v_cold, v_columns)
    INTO v_moved USING p_page, p_rows, p_schema, p_table, v_version.version;
    v_all := v_all + v_moved;
  END LOOP;
  RETURN v_all;
END $$;
COMMENT ON FUNCTION arc.repair_departures IS 'Makes departures from the mirror''s rows and the journal where none came from hot';

REVOKE ALL ON FUNCTION arc.await_witnesses, arc.look_for_page, arc.repair_departures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arc.repair_departures TO arc_purger_group;
GRANT SELECT, DELETE ON arc.purge_unwitnessed TO arc_purger_group;
GRANT SELECT ON arc.purged_departure, arc.purge_repaired TO arc_purger_group;
GRANT UPDATE (journaled) ON arc.purged_departure TO arc_purger_group;
GRANT INSERT ON arc.purged_departure TO arc_sink_group;
GRANT SELECT ON arc.purge_repaired TO arc_sink_group;
GRANT SELECT ON arc.purge_unwitnessed, arc.purged_departure, arc.purge_repaired TO arc_reader_group;

-- //@UNDO
DROP TRIGGER look_for_page ON arc.purged_departure;
DROP TRIGGER await_witnesses ON arc.purge_page;
DROP FUNCTION arc.repair_departures, arc.look_for_page, arc.await_witnesses;
DROP INDEX arc.purge_page_txid;
REVOKE ALL ON arc.purge_unwitnessed, arc.purged_departure, arc.purge_repaired FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'purge_repaired', 'purged_departure', 'purge_unwitnessed');
