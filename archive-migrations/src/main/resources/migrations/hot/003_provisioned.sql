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
COMMENT ON COLUMN arc.provisioned.kind IS 'role, grant, replica-identity, publication, index, origin';
COMMENT ON COLUMN arc.provisioned.undo IS 'The statement that restores what was there before';

-- //@UNDO
CALL pg_temp.keep('arc', 'arc_kept', 'provisioned');
