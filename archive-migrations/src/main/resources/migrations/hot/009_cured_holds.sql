-- // cured holds
-- Capture ends the holds that it has set itself, and no other: its role may not change the table.
CREATE FUNCTION arc.end_capture_holds(p_prefix text, p_held_by text, p_everything boolean) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  WITH ended AS (
    UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp()
    WHERE released_at IS NULL AND prefix = p_prefix AND held_by = p_held_by AND held_by LIKE 'capture %' AND (scope = '*') = p_everything
    RETURNING id
  )
  SELECT count(*) FROM ended
$$;
COMMENT ON FUNCTION arc.end_capture_holds IS 'Ends holds that capture has set: those of everything, or those of tables';
REVOKE ALL ON FUNCTION arc.end_capture_holds FROM PUBLIC;

-- //@UNDO
DROP FUNCTION arc.end_capture_holds;
