-- // purge hold
-- Purging is allowed while no row here, and none in the archive's arc.purge_hold, is open.
CALL pg_temp.take_back('arc', 'arc_kept', 'purge_hold');

CREATE TABLE IF NOT EXISTS arc.purge_hold (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope        text NOT NULL,
  reason       text NOT NULL,
  held_by      text NOT NULL,
  held_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  released_by  text,
  released_at  timestamptz
);
CREATE INDEX IF NOT EXISTS purge_hold_open ON arc.purge_hold (scope) WHERE released_at IS NULL;

COMMENT ON TABLE arc.purge_hold IS 'Purging stands still while a row is open (released_at is null)';
COMMENT ON COLUMN arc.purge_hold.scope IS '* for all tables, or one schema.table';

-- //@UNDO
CALL pg_temp.keep('arc', 'arc_kept', 'purge_hold');
