-- // the purge worker's records: holds, journal, verifications
CALL pg_temp.take_back('arc', 'arc_kept', 'purge_hold', 'purge_page', 'purge_row', 'verification');

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

CREATE TABLE IF NOT EXISTS arc.purge_page (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  worker         text NOT NULL,
  root_table     text NOT NULL,
  hot_system_id  text NOT NULL,
  hot_xid        bigint NOT NULL,
  hot_lsn        pg_lsn NOT NULL,
  aggregates     int NOT NULL,
  rows           int NOT NULL,
  outcome        text NOT NULL DEFAULT 'intended' CHECK (outcome IN ('intended', 'committed', 'rolled-back')),
  intended_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at     timestamptz
);
CREATE INDEX IF NOT EXISTS purge_page_open ON arc.purge_page (worker) WHERE outcome = 'intended';
COMMENT ON TABLE arc.purge_page IS 'The purge journal: one row per purge transaction, committed before hot is asked to delete';
COMMENT ON COLUMN arc.purge_page.hot_xid IS 'Hot''s pg_current_xact_id() as a number, 64 bit';
COMMENT ON COLUMN arc.purge_page.hot_lsn IS 'The progress of the worker''s replication origin right after this page''s commit';

-- No primary and no foreign key: they made the journal four times as dear as the rest of the proof (ADR 0040). Rows come page by page and are
-- never changed, so that a block range index finds a page's rows.
CREATE TABLE IF NOT EXISTS arc.purge_row (
  page        bigint NOT NULL,
  table_name  text NOT NULL,
  key         text[] NOT NULL,
  digest      bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS purge_row_page ON arc.purge_row USING brin (page) WITH (pages_per_range = 16);
COMMENT ON TABLE arc.purge_row IS 'Each row of a journal page with the digest that was proven';
COMMENT ON COLUMN arc.purge_row.key IS 'The key''s columns in text form, in key order';

CREATE TABLE IF NOT EXISTS arc.verification (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  result      jsonb
);
COMMENT ON TABLE arc.verification IS 'Comparisons of hot with the mirror';

GRANT SELECT, INSERT, UPDATE ON arc.purge_hold TO arc_sink_group, arc_purger_group;
GRANT SELECT, INSERT ON arc.purge_page, arc.purge_row TO arc_purger_group;
GRANT UPDATE (outcome, settled_at) ON arc.purge_page TO arc_purger_group;
GRANT SELECT, INSERT, UPDATE ON arc.verification TO arc_purger_group;
GRANT SELECT ON arc.purge_hold, arc.purge_page, arc.purge_row, arc.verification TO arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.purge_hold, arc.purge_page, arc.purge_row, arc.verification FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'verification', 'purge_row', 'purge_page', 'purge_hold');
