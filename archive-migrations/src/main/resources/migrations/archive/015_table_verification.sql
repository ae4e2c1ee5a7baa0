-- // verification: how each table stands with the comparison that runs by itself
CALL pg_temp.take_back('arc', 'arc_kept', 'table_verification');

CREATE TABLE IF NOT EXISTS arc.table_verification (
  prefix       text NOT NULL,
  schema_name  text NOT NULL,
  table_name   text NOT NULL,
  known_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  begun_at     timestamptz,
  shape        text,
  side         text CHECK (side IN ('hot', 'archive')),
  last_key     text[],
  paused_until timestamptz,
  rows         bigint NOT NULL DEFAULT 0,
  missing      bigint NOT NULL DEFAULT 0,
  differs      bigint NOT NULL DEFAULT 0,
  extra        bigint NOT NULL DEFAULT 0,
  in_flight    bigint NOT NULL DEFAULT 0,
  compared_at  timestamptz,
  result       text CHECK (result IN ('clean', 'differs', 'unread')),
  sentence     text,
  unequal      bigint NOT NULL DEFAULT 0,
  clean_at     timestamptz,
  clean_rows   bigint,
  held_rows    bigint,
  PRIMARY KEY (prefix, schema_name, table_name),
  CHECK ((begun_at IS NULL) = (side IS NULL) AND (begun_at IS NULL) = (shape IS NULL)),
  CHECK ((compared_at IS NULL) = (result IS NULL))
);
COMMENT ON TABLE arc.table_verification IS 'How far the comparison of a table with hot is, and what the last one found';
COMMENT ON COLUMN arc.table_verification.begun_at IS 'When the comparison that is under way began; null: none is. rows to in_flight are its counts';
COMMENT ON COLUMN arc.table_verification.shape IS 'SHA-256 of the columns and key that are compared: with others it begins anew';
COMMENT ON COLUMN arc.table_verification.side IS 'Whose rows are walked over: those of hot first, then those of the archive';
COMMENT ON COLUMN arc.table_verification.last_key IS 'The last key that was compared there, in text form; null: none yet';
COMMENT ON COLUMN arc.table_verification.paused_until IS 'Not to be gone on with before: the archive had not caught up with hot';
COMMENT ON COLUMN arc.table_verification.unequal IS 'How many rows the last comparison that ended found unequal';
COMMENT ON COLUMN arc.table_verification.held_rows IS 'How many rows were unequal when the table''s purge was held for it last';

GRANT SELECT, INSERT, UPDATE ON arc.table_verification TO arc_purger_group;
GRANT SELECT ON arc.table_verification TO arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.table_verification FROM arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'table_verification');
