-- // installations: whose history this database is, and whose of its records are whose
-- One row per prefix that is provisioned here. A database that was copied with its schema arc carries the row along: it names the database that it was
-- written in, and where that is another one nobody works before a person has said so.
CALL pg_temp.take_back('arc', 'arc_kept', 'installation', 'installation_change', 'provisioned_of', 'purge_hold_of');

CREATE TABLE IF NOT EXISTS arc.installation (
  prefix             text PRIMARY KEY,
  installation       uuid NOT NULL UNIQUE,
  slot               text NOT NULL UNIQUE,
  publication        text NOT NULL UNIQUE,
  system_identifier  text NOT NULL,
  database_oid       bigint NOT NULL,
  database_name      text NOT NULL,
  archive            uuid,
  recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.installation IS 'Installations of the product on this database: one prefix, slot and publication each';
COMMENT ON COLUMN arc.installation.installation IS 'Made once; an adoption makes another, whose predecessors are in arc.installation_change';
COMMENT ON COLUMN arc.installation.system_identifier IS 'Of the server that this row was written on';
COMMENT ON COLUMN arc.installation.archive IS 'The archive that keeps its rows; null: not known yet';

CREATE TABLE IF NOT EXISTS arc.installation_change (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prefix        text NOT NULL,
  was           uuid,
  became        uuid NOT NULL,
  was_archive   uuid,
  archive       uuid,
  was_told      text NOT NULL,
  became_told   text NOT NULL,
  reason        text NOT NULL,
  changed_by    text NOT NULL DEFAULT session_user,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.installation_change IS 'Another hot database or archive taken over by a person, with the reason; rows are only added';

ALTER TABLE arc.provisioned ADD COLUMN prefix text NOT NULL DEFAULT '';
ALTER TABLE arc.provisioned DROP CONSTRAINT provisioned_kind_name_key, ADD CONSTRAINT provisioned_of_prefix UNIQUE (prefix, kind, name);
COMMENT ON COLUMN arc.provisioned.prefix IS 'The installation that needs it; several may need the same. Empty: before installations were told apart';

ALTER TABLE arc.purge_hold ADD COLUMN prefix text NOT NULL DEFAULT '';
COMMENT ON COLUMN arc.purge_hold.prefix IS 'The installation that is held; empty: every one on this database';

-- What an earlier undo had set aside.
DO $$
BEGIN
  IF to_regclass('arc.provisioned_of') IS NOT NULL THEN
    UPDATE arc.provisioned p SET prefix = o.prefix FROM arc.provisioned_of o WHERE o.id = p.id;
    INSERT INTO arc.provisioned (id, kind, name, undo, done_at, prefix) OVERRIDING SYSTEM VALUE
    SELECT o.id, o.kind, o.name, o.undo, o.done_at, o.prefix FROM arc.provisioned_of o
    WHERE EXISTS (SELECT FROM arc.provisioned p WHERE p.kind = o.kind AND p.name = o.name)
    ON CONFLICT DO NOTHING;
    DROP TABLE arc.provisioned_of;
  END IF;
  IF to_regclass('arc.purge_hold_of') IS NOT NULL THEN
    UPDATE arc.purge_hold h SET prefix = o.prefix FROM arc.purge_hold_of o WHERE o.id = h.id;
    DROP TABLE arc.purge_hold_of;
  END IF;
END $$;

-- //@UNDO
-- A step that several installations share had one row before: the oldest stays, all are set aside.
CREATE TABLE arc.provisioned_of AS SELECT id, kind, name, undo, done_at, prefix FROM arc.provisioned WHERE prefix <> '';
DELETE FROM arc.provisioned p WHERE EXISTS (SELECT FROM arc.provisioned q WHERE q.kind = p.kind AND q.name = p.name AND q.id < p.id);
ALTER TABLE arc.provisioned DROP CONSTRAINT provisioned_of_prefix, ADD CONSTRAINT provisioned_kind_name_key UNIQUE (kind, name);
ALTER TABLE arc.provisioned DROP COLUMN prefix;
CREATE TABLE arc.purge_hold_of AS SELECT id, prefix FROM arc.purge_hold WHERE prefix <> '';
ALTER TABLE arc.purge_hold DROP COLUMN prefix;
CALL pg_temp.keep('arc', 'arc_kept', 'purge_hold_of', 'provisioned_of', 'installation_change', 'installation');
