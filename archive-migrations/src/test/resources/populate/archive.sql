SELECT arc.ensure_table('public', 'medication_orders', '{id,patient_name}', '{uuid,text}', '{id}', true);
SELECT arc.ensure_table('Other "schema"', 'T', '{a,b}', '{int,text}', '{a}', false);
SELECT arc.ensure_table('arc', 'heartbeat', '{slot,beat}', '{text,bigint}', '{slot}', false);
SELECT arc.ensure_partition('public', 'medication_orders', '2026-11-01');
SELECT arc.ensure_column('public', 'medication_orders', 'priority', 'integer', '3');
INSERT INTO public.medication_orders (id, patient_name, arc_version, arc_epoch, arc_lsn, arc_archived_at)
VALUES ('00000000-0000-0000-0000-000000000001', 'Zoë', 1, 1, '0/1', '2026-11-02');
INSERT INTO public_cold.medication_orders (id, patient_name, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age, arc_archived_at)
VALUES ('00000000-0000-0000-0000-000000000002', 'Ünal', 1, 1, '0/2', 'purged', '2026-11-03', '2026-11-04');
INSERT INTO arc.sink_position (topic, partition, topic_id, epoch, position) VALUES ('t', 0, 'id', 1, 42);
INSERT INTO arc.table_version (schema_name, table_name, version, columns) VALUES ('public', 'medication_orders', 1, '[]');
INSERT INTO arc.epoch VALUES (1, '123', 1, true, NULL);
INSERT INTO arc.quarantine (topic, partition, "offset", table_name, headers, key_digest, reason) VALUES ('t', 0, 3, 'x', '{}', '\x01', 'bad');
INSERT INTO arc.quarantine (topic, partition, "offset", table_name, headers, key_digest, reason) VALUES ('t', 0, 3, 'x', '{"arc.epoch": "2"}', '\x01', 'worse');
INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba');
INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows) VALUES ('w', 'public.medication_orders', '1', 4294967400, '0/1', 1, 2);
INSERT INTO arc.purge_row VALUES (1, 'public.medication_orders', '{1}', '\x01'), (1, 'public.medication_orders', '{2}', '\x02');
INSERT INTO arc.verification (started_at) VALUES ('2026-01-01');
INSERT INTO arc.provisioned (kind, name, undo) VALUES ('grant', 'x', 'REVOKE nothing');
INSERT INTO "Other ""schema"""."T" (a, arc_version, arc_epoch, arc_lsn, arc_archived_at) VALUES (1, 1, 1, '0/1', '2026-11-02');
INSERT INTO "Other ""schema""_cold"."T" (a, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age, arc_archived_at)
VALUES (2, 1, 1, '0/1', 'unseen', '-infinity', '2026-11-02'), (2, 1, 2, '0/1', 'superseded', '-infinity', '2026-11-02');
INSERT INTO arc.heartbeat (slot, beat, arc_version, arc_epoch, arc_lsn, arc_archived_at) VALUES ('slot', 1, 1, 1, '0/1', '2026-11-02');
INSERT INTO arc_cold.heartbeat (slot, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age, arc_archived_at)
VALUES ('old', 1, 1, '0/1', 'deleted', '-infinity', '2026-11-02');
-- A table whose key changed in hot, set aside.
SELECT arc.ensure_table('public', 'keyed', '{id,at}', '{int,date}', '{id}', true);
SELECT arc.ensure_partition('public', 'keyed', '2026-11-01');
INSERT INTO public.keyed (id, arc_version, arc_epoch, arc_lsn, arc_archived_at) VALUES (1, 1, 1, '0/1', '2026-11-02');
INSERT INTO public_cold.keyed (id, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age, arc_archived_at)
VALUES (1, 1, 1, '0/1', 'deleted', '2026-11-02', '2026-11-02');
INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('public.keyed', 'its key changed', 'archive-sink');
SELECT arc.set_aside_table('public', 'keyed');
