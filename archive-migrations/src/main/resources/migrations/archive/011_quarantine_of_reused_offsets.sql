-- // quarantine of reused offsets
-- A log that went back gives its offsets out again: what stands in the quarantine is known by its place and by what it holds.
CALL pg_temp.take_back('arc', 'arc_kept', 'quarantine_reused');

ALTER TABLE arc.quarantine DROP CONSTRAINT IF EXISTS quarantine_topic_partition_offset_key;
CREATE UNIQUE INDEX quarantine_record ON arc.quarantine (topic, partition, "offset", jsonb_hash_extended(headers, 0),
  sha256(coalesce(sha256(record_key), '') || '\x2d'::bytea || coalesce(sha256(record_value), '')));
COMMENT ON INDEX arc.quarantine_record IS 'A record that is read twice stands here once; another one at the same offset of a log that went back stands beside it';

DO $$
BEGIN
  IF to_regclass('arc.quarantine_reused') IS NOT NULL THEN
    INSERT INTO arc.quarantine OVERRIDING SYSTEM VALUE SELECT * FROM arc.quarantine_reused;
    DROP TABLE arc.quarantine_reused;
  END IF;
END $$;

-- //@UNDO
-- Where an offset was given out twice, the older version has room for one record: the later ones are set aside.
CREATE TABLE arc.quarantine_reused (LIKE arc.quarantine);
WITH reused AS (
  DELETE FROM arc.quarantine q
  USING arc.quarantine earlier
  WHERE earlier.topic = q.topic AND earlier.partition = q.partition AND earlier."offset" = q."offset" AND earlier.id < q.id
  RETURNING q.*
)
INSERT INTO arc.quarantine_reused SELECT * FROM reused;
DROP INDEX arc.quarantine_record;
ALTER TABLE arc.quarantine ADD UNIQUE (topic, partition, "offset");
CALL pg_temp.keep('arc', 'arc_kept', 'quarantine_reused');
