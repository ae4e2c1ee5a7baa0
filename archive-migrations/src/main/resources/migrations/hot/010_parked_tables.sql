-- // parked tables
-- Which tables capture has stopped alone: what is deleted from them would depart into the parked topic only. A hold can be released; this says what is so.
CALL pg_temp.take_back('arc', 'arc_kept', 'parked_table');

CREATE TABLE IF NOT EXISTS arc.parked_table (
  slot        text NOT NULL,
  table_name  text NOT NULL,
  epoch       int NOT NULL,
  reason      text NOT NULL,
  parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, table_name)
);
COMMENT ON TABLE arc.parked_table IS 'Tables that capture has stopped alone; a row counts while its epoch is that of the slot''s heartbeat';
COMMENT ON COLUMN arc.parked_table.table_name IS 'schema.table, as in arc.purge_hold.scope';
COMMENT ON COLUMN arc.parked_table.epoch IS 'Capture''s epoch; the next one copies the table anew';

-- //@UNDO
CALL pg_temp.keep('arc', 'arc_kept', 'parked_table');
