-- // status history: what the status page shows of the past, kept small
CALL pg_temp.take_back('arc', 'arc_kept', 'status_sample', 'status_event', 'kpi_day');

CREATE TABLE IF NOT EXISTS arc.status_sample (
  prefix           text NOT NULL,
  step             int NOT NULL CHECK (step IN (10, 300)),
  at               timestamptz NOT NULL,
  state            smallint NOT NULL,
  hop_states       smallint[] NOT NULL,
  slot_seconds     real,
  capture_seconds  real,
  kafka_seconds    real,
  sink_seconds     real,
  proof_seconds    real,
  purge_seconds    real,
  retained_bytes   bigint,
  safe_bytes       bigint,
  hot_rows         bigint,
  mirror_rows      bigint,
  cold_rows        bigint,
  hot_bytes        bigint,
  mirror_bytes     bigint,
  cold_bytes       bigint,
  eligible_rows    bigint,
  purged_rows      bigint,
  PRIMARY KEY (prefix, step, at)
);
COMMENT ON TABLE arc.status_sample IS 'The status of the whole way: every 10 s for two days, every 5 min for 400 days';
COMMENT ON COLUMN arc.status_sample.step IS 'Seconds for which it stands, from "at" on: 10 as it was measured, 300 the worst of those';
COMMENT ON COLUMN arc.status_sample.state IS '0 ok, 1 catching up, 2 unknown, 3 falling behind, 4 stalled, 5 down; hop_states the same of slot, capture, kafka, sink, proof, purge';

CREATE TABLE IF NOT EXISTS arc.status_event (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prefix   text NOT NULL,
  at       timestamptz NOT NULL,
  kind     text NOT NULL,
  subject  text NOT NULL,
  detail   text NOT NULL
);
CREATE INDEX IF NOT EXISTS status_event_at ON arc.status_event (prefix, at);
COMMENT ON TABLE arc.status_event IS 'What has changed: started, stopped, held, released, caught up, verified, quarantined and so on; for 400 days';
COMMENT ON COLUMN arc.status_event.subject IS 'A hop, a server, a table, or * for the whole';

CREATE TABLE IF NOT EXISTS arc.kpi_day (
  prefix           text NOT NULL,
  day              date NOT NULL,
  table_name       text NOT NULL,
  measured_at      timestamptz NOT NULL,
  hot_rows         bigint,
  hot_bytes        bigint,
  hot_index_bytes  bigint,
  mirror_rows      bigint,
  mirror_bytes     bigint,
  cold_rows        bigint,
  cold_bytes       bigint,
  purged_rows      bigint,
  PRIMARY KEY (prefix, day, table_name)
);
COMMENT ON TABLE arc.kpi_day IS 'Sizes of each table at the end of each day (UTC), kept for good: a row per table and day';

GRANT SELECT, INSERT, DELETE ON arc.status_sample, arc.status_event TO arc_purger_group;
GRANT SELECT, INSERT, UPDATE ON arc.kpi_day TO arc_purger_group;
GRANT SELECT ON arc.status_sample, arc.status_event, arc.kpi_day TO arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.status_sample, arc.status_event, arc.kpi_day FROM arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'status_sample', 'status_event', 'kpi_day');
