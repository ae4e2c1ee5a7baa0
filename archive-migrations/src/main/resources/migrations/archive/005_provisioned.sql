-- // provisioned
-- What provisioning did, in order, and the statement that restores what was there before.
CALL pg_temp.take_back('arc', 'arc_kept', 'provisioned');

CREATE TABLE IF NOT EXISTS arc.provisioned (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind     text NOT NULL,
  name     text NOT NULL,
  undo     text NOT NULL,
  done_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (kind, name)
);

COMMENT ON TABLE arc.provisioned IS 'What provisioning changed in this database; its undo runs these statements, newest first';
COMMENT ON COLUMN arc.provisioned.kind IS 'role, grant';
COMMENT ON COLUMN arc.provisioned.undo IS 'The statement that restores what was there before';

GRANT SELECT ON arc.provisioned TO arc_purger_group, arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.provisioned FROM arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'provisioned');
