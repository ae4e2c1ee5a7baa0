-- // the sink's records
CALL pg_temp.take_back('arc', 'arc_kept', 'sink_position', 'table_version', 'epoch', 'quarantine');

CREATE TABLE IF NOT EXISTS arc.sink_position (
  topic       text NOT NULL,
  partition   int NOT NULL,
  topic_id    text NOT NULL,
  epoch       int NOT NULL,
  position    bigint NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE arc.sink_position IS 'How far each partition is applied; written in the batch''s own transaction';
COMMENT ON COLUMN arc.sink_position.position IS 'The next offset to read';

CREATE TABLE IF NOT EXISTS arc.table_version (
  schema_name  text NOT NULL,
  table_name   text NOT NULL,
  version      int NOT NULL,
  applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  columns      jsonb NOT NULL,
  PRIMARY KEY (schema_name, table_name, version)
);
COMMENT ON TABLE arc.table_version IS 'Versions of hot tables whose columns the archive has';

CREATE TABLE IF NOT EXISTS arc.epoch (
  epoch              int PRIMARY KEY,
  system_id          text NOT NULL,
  timeline           int NOT NULL,
  snapshot_complete  boolean NOT NULL,
  reconciled_at      timestamptz
);
COMMENT ON TABLE arc.epoch IS 'Unbroken histories of the hot database, as seen by sinks';
COMMENT ON COLUMN arc.epoch.reconciled_at IS 'When mirror rows of older epochs that hot no longer has were moved to cold as unseen';

CREATE TABLE IF NOT EXISTS arc.quarantine (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic           text NOT NULL,
  partition       int NOT NULL,
  "offset"        bigint NOT NULL,
  table_name      text NOT NULL,
  record_key      bytea,
  record_value    bytea,
  headers         jsonb NOT NULL,
  key_digest      bytea NOT NULL,
  sqlstate        text,
  reason          text NOT NULL,
  quarantined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  resolved_at     timestamptz,
  resolution      text,
  UNIQUE (topic, partition, "offset")
);
CREATE INDEX IF NOT EXISTS quarantine_open ON arc.quarantine (table_name, key_digest) WHERE resolved_at IS NULL;
COMMENT ON TABLE arc.quarantine IS 'Changes that could not be applied; holds patient data';

GRANT SELECT, INSERT, UPDATE ON arc.sink_position, arc.table_version, arc.epoch, arc.quarantine TO arc_sink_group;
GRANT SELECT ON arc.sink_position, arc.table_version, arc.epoch, arc.quarantine TO arc_purger_group;
GRANT SELECT ON arc.sink_position, arc.table_version, arc.epoch TO arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.sink_position, arc.table_version, arc.epoch, arc.quarantine FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'quarantine', 'epoch', 'table_version', 'sink_position');
