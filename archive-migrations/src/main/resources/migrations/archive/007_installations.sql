-- // installations: which archive this is, whose history it keeps, and whose of its records are whose
CALL pg_temp.take_back('arc', 'arc_kept', 'archive_identity', 'installation', 'installation_change', 'table_claim', 'provisioned_of', 'purge_hold_of',
  'epoch_of', 'purge_page_of', 'verification_of');

CREATE TABLE IF NOT EXISTS arc.archive_identity (
  one_row            boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  archive            uuid NOT NULL,
  system_identifier  text NOT NULL,
  database_oid       bigint NOT NULL,
  database_name      text NOT NULL,
  recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.archive_identity IS 'Which archive this is; names the database it was written in, so that a copy of it is noticed';

CREATE TABLE IF NOT EXISTS arc.installation (
  prefix             text PRIMARY KEY,
  installation       uuid NOT NULL UNIQUE,
  slot               text NOT NULL UNIQUE,
  publication        text NOT NULL,
  system_identifier  text NOT NULL,
  database_oid       bigint NOT NULL,
  database_name      text NOT NULL,
  archive            uuid NOT NULL,
  recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE arc.installation IS 'Installations whose rows this archive keeps; the columns tell of their hot database';

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

CREATE TABLE IF NOT EXISTS arc.table_claim (
  schema_name  text NOT NULL,
  table_name   text NOT NULL,
  prefix       text NOT NULL,
  claimed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE arc.table_claim IS 'Whose table a mirror and its cold store are: rows of one installation alone';

ALTER TABLE arc.provisioned ADD COLUMN prefix text NOT NULL DEFAULT '';
ALTER TABLE arc.provisioned DROP CONSTRAINT provisioned_kind_name_key, ADD CONSTRAINT provisioned_of_prefix UNIQUE (prefix, kind, name);
COMMENT ON COLUMN arc.provisioned.prefix IS 'The installation that needs it; several may need the same. Empty: before installations were told apart';
ALTER TABLE arc.purge_hold ADD COLUMN prefix text NOT NULL DEFAULT '';
COMMENT ON COLUMN arc.purge_hold.prefix IS 'The installation that is held; empty: every one in this archive';
ALTER TABLE arc.epoch ADD COLUMN prefix text NOT NULL DEFAULT '';
ALTER TABLE arc.epoch DROP CONSTRAINT epoch_pkey, ADD PRIMARY KEY (prefix, epoch);
COMMENT ON COLUMN arc.epoch.prefix IS 'The installation that counts it; empty: before installations were told apart';
ALTER TABLE arc.purge_page ADD COLUMN prefix text NOT NULL DEFAULT '';
COMMENT ON COLUMN arc.purge_page.prefix IS 'The installation that purged; empty: before installations were told apart';
ALTER TABLE arc.verification ADD COLUMN prefix text NOT NULL DEFAULT '';
COMMENT ON COLUMN arc.verification.prefix IS 'The installation that was compared; empty: before installations were told apart';

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
  IF to_regclass('arc.epoch_of') IS NOT NULL THEN
    UPDATE arc.epoch e SET prefix = o.prefix FROM arc.epoch_of o WHERE o.epoch = e.epoch AND o.stayed;
    INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix)
    SELECT epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix FROM arc.epoch_of
    ON CONFLICT DO NOTHING;
    DROP TABLE arc.epoch_of;
  END IF;
  IF to_regclass('arc.purge_page_of') IS NOT NULL THEN
    UPDATE arc.purge_page p SET prefix = o.prefix FROM arc.purge_page_of o WHERE o.id = p.id;
    DROP TABLE arc.purge_page_of;
  END IF;
  IF to_regclass('arc.verification_of') IS NOT NULL THEN
    UPDATE arc.verification v SET prefix = o.prefix FROM arc.verification_of o WHERE o.id = v.id;
    DROP TABLE arc.verification_of;
  END IF;
END $$;

-- The first that comes has the table; hot's heartbeat alone is everyone's, a row for each slot.
CREATE FUNCTION arc.claim_table(p_prefix text, p_schema text, p_table text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  v_prefix text;
BEGIN
  IF (p_schema, p_table) = ('arc', 'heartbeat') THEN
    RETURN;
  END IF;
  SELECT prefix INTO v_prefix FROM arc.table_claim WHERE schema_name = p_schema AND table_name = p_table;
  IF NOT FOUND THEN
    INSERT INTO arc.table_claim (schema_name, table_name, prefix) VALUES (p_schema, p_table, p_prefix) ON CONFLICT DO NOTHING;
    SELECT prefix INTO v_prefix FROM arc.table_claim WHERE schema_name = p_schema AND table_name = p_table;
  END IF;
  IF v_prefix <> p_prefix THEN
    RAISE EXCEPTION 'table "%"."%" of this archive belongs to the installation "%", not to "%"', p_schema, p_table, v_prefix, p_prefix
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Take the table out of the policy of one of them, or give them archives of their own.';
  END IF;
END $$;
COMMENT ON FUNCTION arc.claim_table IS 'Takes a table for an installation; refuses one that another has';
REVOKE ALL ON FUNCTION arc.claim_table FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arc.claim_table TO arc_sink_group, arc_purger_group;
GRANT SELECT ON arc.archive_identity, arc.installation, arc.installation_change, arc.table_claim TO arc_sink_group, arc_purger_group, arc_reader_group;

-- //@UNDO
DROP FUNCTION arc.claim_table;
REVOKE ALL ON arc.archive_identity, arc.installation, arc.installation_change, arc.table_claim FROM arc_sink_group, arc_purger_group, arc_reader_group;
-- What several installations had, one had before: the oldest row stays, all are set aside.
CREATE TABLE arc.provisioned_of AS SELECT id, kind, name, undo, done_at, prefix FROM arc.provisioned WHERE prefix <> '';
DELETE FROM arc.provisioned p WHERE EXISTS (SELECT FROM arc.provisioned q WHERE q.kind = p.kind AND q.name = p.name AND q.id < p.id);
ALTER TABLE arc.provisioned DROP CONSTRAINT provisioned_of_prefix, ADD CONSTRAINT provisioned_kind_name_key UNIQUE (kind, name);
ALTER TABLE arc.provisioned DROP COLUMN prefix;
CREATE TABLE arc.purge_hold_of AS SELECT id, prefix FROM arc.purge_hold WHERE prefix <> '';
ALTER TABLE arc.purge_hold DROP COLUMN prefix;
CREATE TABLE arc.epoch_of AS
SELECT epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix, row_number() OVER (PARTITION BY epoch ORDER BY prefix) = 1 AS stayed FROM arc.epoch;
DELETE FROM arc.epoch e USING arc.epoch_of o WHERE o.prefix = e.prefix AND o.epoch = e.epoch AND NOT o.stayed;
ALTER TABLE arc.epoch DROP CONSTRAINT epoch_pkey, ADD PRIMARY KEY (epoch);
ALTER TABLE arc.epoch DROP COLUMN prefix;
DELETE FROM arc.epoch_of WHERE prefix = '';
CREATE TABLE arc.purge_page_of AS SELECT id, prefix FROM arc.purge_page WHERE prefix <> '';
ALTER TABLE arc.purge_page DROP COLUMN prefix;
CREATE TABLE arc.verification_of AS SELECT id, prefix FROM arc.verification WHERE prefix <> '';
ALTER TABLE arc.verification DROP COLUMN prefix;
CALL pg_temp.keep('arc', 'arc_kept', 'verification_of', 'purge_page_of', 'epoch_of', 'purge_hold_of', 'provisioned_of', 'table_claim', 'installation_change',
  'installation', 'archive_identity');
