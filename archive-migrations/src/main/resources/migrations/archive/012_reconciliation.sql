-- // reconciliation: an epoch is reconciled table by table, counted first, and a person is asked before much of a table counts as unseen
CALL pg_temp.take_back('arc', 'arc_kept', 'reconciliation', 'reconciliation_confirmation');

CREATE TABLE IF NOT EXISTS arc.reconciliation (
  prefix         text NOT NULL DEFAULT '',
  epoch          int NOT NULL,
  schema_name    text NOT NULL,
  table_name     text NOT NULL,
  state          text NOT NULL CHECK (state IN ('reconciled', 'passed over', 'unnamed', 'differs', 'asks')),
  announced      bigint,
  applied        bigint,
  unseen         bigint,
  sentence       text,
  looked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (prefix, epoch, schema_name, table_name)
);
COMMENT ON TABLE arc.reconciliation IS 'Whether a table''s mirror rows of older epochs have been filed as unseen, and why not; no row: not looked at yet';
COMMENT ON COLUMN arc.reconciliation.state IS 'passed over: it could not be, and a newer epoch''s snapshot does it; unnamed, differs, asks: what follows the snapshot waits, and the purge';
COMMENT ON COLUMN arc.reconciliation.announced IS 'Rows that the epoch''s snapshot copied; null: it does not name the table';
COMMENT ON COLUMN arc.reconciliation.applied IS 'Rows of this epoch in the mirror when the snapshot had been applied';
COMMENT ON COLUMN arc.reconciliation.unseen IS 'Rows of older epochs that would be, or were, filed as unseen';

-- What was reconciled as a whole was so for every table. Once only: an undo sets rows aside, which have come back by now.
INSERT INTO arc.reconciliation (prefix, epoch, schema_name, table_name, state, looked_at)
SELECT e.prefix, e.epoch, t.schema_name, t.table_name, 'reconciled', e.reconciled_at FROM arc.epoch e CROSS JOIN arc.archived_table t
WHERE e.reconciled_at IS NOT NULL
  AND (e.prefix = '' OR EXISTS (SELECT FROM arc.table_claim c WHERE (c.prefix, c.schema_name, c.table_name) = (e.prefix, t.schema_name, t.table_name)))
  AND NOT EXISTS (SELECT FROM arc.reconciliation);

CREATE TABLE IF NOT EXISTS arc.reconciliation_confirmation (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prefix        text NOT NULL DEFAULT '',
  epoch         int NOT NULL,
  schema_name   text NOT NULL,
  table_name    text NOT NULL,
  unseen        bigint NOT NULL,
  applied       bigint,
  confirmed_by  text NOT NULL CHECK (confirmed_by <> ''),
  reason        text NOT NULL CHECK (reason <> ''),
  login         text NOT NULL DEFAULT session_user,
  confirmed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.reconciliation_confirmation IS 'Who said, and why, that rows really left hot unseen; rows are only added. It covers no more rows than it names';
COMMENT ON COLUMN arc.reconciliation_confirmation.applied IS 'As many applied rows were accepted although the snapshot copied another number; null: the counts must agree';

GRANT SELECT, INSERT, UPDATE ON arc.reconciliation TO arc_sink_group;
GRANT SELECT ON arc.reconciliation_confirmation TO arc_sink_group;
GRANT SELECT ON arc.reconciliation, arc.reconciliation_confirmation TO arc_purger_group, arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.reconciliation, arc.reconciliation_confirmation FROM arc_sink_group, arc_purger_group, arc_reader_group;
CALL pg_temp.keep('arc', 'arc_kept', 'reconciliation_confirmation', 'reconciliation');
