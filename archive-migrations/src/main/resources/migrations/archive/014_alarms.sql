-- // alarms: what a person should know of, until a person has looked
CALL pg_temp.take_back('arc', 'arc_kept', 'alarm');

CREATE TABLE IF NOT EXISTS arc.alarm (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prefix           text NOT NULL,
  kind             text NOT NULL,
  table_name       text,
  detail           text NOT NULL,
  epoch            int,
  hot_lsn          pg_lsn,
  hot_txid         bigint,
  committed_at     timestamptz,
  origin           text,
  topic_id         text,
  "offset"         bigint,
  record_digest    bytea,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  acknowledged_by  text,
  acknowledged_at  timestamptz,
  acknowledgement  text,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (acknowledgement IS NULL)),
  CHECK ((topic_id IS NULL) = ("offset" IS NULL) AND (topic_id IS NULL) = (record_digest IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS alarm_record ON arc.alarm (prefix, topic_id, "offset", record_digest);
CREATE INDEX IF NOT EXISTS alarm_open ON arc.alarm (prefix, id) WHERE acknowledged_at IS NULL;
COMMENT ON TABLE arc.alarm IS 'What a person should know of: records of the alarms topic, and what the purge has noticed; open until a person has looked';
COMMENT ON COLUMN arc.alarm.topic_id IS 'The topic that the record was read from, with its offset and SHA-256; null: noticed by the purge';
COMMENT ON COLUMN arc.alarm.acknowledgement IS 'What the person who looked has said';

GRANT SELECT, INSERT ON arc.alarm TO arc_sink_group, arc_purger_group;
GRANT UPDATE (acknowledged_by, acknowledged_at, acknowledgement) ON arc.alarm TO arc_purger_group;
GRANT SELECT ON arc.alarm TO arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.alarm FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'alarm');
