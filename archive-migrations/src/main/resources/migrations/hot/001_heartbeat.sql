-- // heartbeat
-- One row per slot, written by capture and carried through the whole pipe. It tells everyone how far capture has come.
CALL pg_temp.take_back('arc', 'arc_kept', 'heartbeat');

CREATE TABLE IF NOT EXISTS arc.heartbeat (
  slot         text PRIMARY KEY,
  beat         bigint NOT NULL,
  written_at   timestamptz NOT NULL,
  written_lsn  pg_lsn NOT NULL,
  passed_beat  bigint NOT NULL,
  passed_lsn   pg_lsn NOT NULL,
  passed_at    timestamptz,
  positions    jsonb NOT NULL,
  epoch        int NOT NULL
) WITH (fillfactor = 50);

-- An unchanged, toasted "positions" must travel too.
ALTER TABLE arc.heartbeat REPLICA IDENTITY FULL;

COMMENT ON TABLE arc.heartbeat IS 'How far capture has come; one row per replication slot';
COMMENT ON COLUMN arc.heartbeat.beat IS 'Counts up by 1 at each write';
COMMENT ON COLUMN arc.heartbeat.written_at IS 'This server''s clock at the write';
COMMENT ON COLUMN arc.heartbeat.written_lsn IS 'pg_current_wal_insert_lsn() at the write';
COMMENT ON COLUMN arc.heartbeat.passed_beat IS 'Newest beat that came back through the slot and is committed to Kafka; 0: none';
COMMENT ON COLUMN arc.heartbeat.passed_lsn IS 'That beat''s written_lsn: whatever was committed before it is in Kafka';
COMMENT ON COLUMN arc.heartbeat.passed_at IS 'That beat''s written_at';
COMMENT ON COLUMN arc.heartbeat.positions IS 'Topic positions that cover everything up to passed_lsn';
COMMENT ON COLUMN arc.heartbeat.epoch IS 'Capture''s epoch';

-- //@UNDO
CALL pg_temp.keep('arc', 'arc_kept', 'heartbeat');
