-- // group roles
-- Rights are given to groups; login roles become members by "archive provision archive". Roles belong to the whole server, so another archive
-- database on it may have created them already.
DO $$
DECLARE
  v_role text;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['arc_sink_group', 'arc_purger_group', 'arc_reader_group'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- created at the same moment from another database
      END;
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA arc TO arc_sink_group, arc_purger_group, arc_reader_group;
GRANT SELECT ON arc.changelog TO arc_sink_group, arc_purger_group, arc_reader_group;

-- //@UNDO
REVOKE ALL ON arc.changelog FROM arc_sink_group, arc_purger_group, arc_reader_group;
REVOKE ALL ON SCHEMA arc FROM arc_sink_group, arc_purger_group, arc_reader_group;

-- A group that still has members, or rights in another database, stays.
DO $$
DECLARE
  v_role text;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['arc_sink_group', 'arc_purger_group', 'arc_reader_group'] LOOP
    IF NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
                   WHERE g.rolname = v_role AND u.rolname <> current_user) THEN
      BEGIN
        EXECUTE format('DROP ROLE %I', v_role);
      EXCEPTION WHEN dependent_objects_still_exist THEN
        NULL;
      END;
    END IF;
  END LOOP;
END $$;
