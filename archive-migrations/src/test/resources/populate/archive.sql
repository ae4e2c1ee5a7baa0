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
INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete) VALUES (1, '123', 1, true);
INSERT INTO arc.quarantine (topic, partition, "offset", table_name, headers, key_digest, reason) VALUES ('t', 0, 3, 'x', '{}', '\x01', 'bad');
INSERT INTO arc.quarantine (topic, partition, "offset", table_name, headers, key_digest, reason) VALUES ('t', 0, 3, 'x', '{"arc.epoch": "2"}', '\x01', 'worse');
INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba');
INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows) VALUES ('w', 'public.medication_orders', '1', 4294967400, '0/1', 1, 2);
INSERT INTO arc.purge_row VALUES (1, 'public.medication_orders', '{1}', '\x01'), (1, 'public.medication_orders', '{2}', '\x02');
INSERT INTO arc.purged_departure (table_name, epoch, txid, rows) VALUES ('public.medication_orders', 1, 104, 1);
INSERT INTO arc.purge_repaired (page, table_name, key, epoch, txid) VALUES (1, 'public.medication_orders', '{1}', 1, 104);
INSERT INTO arc.verification (started_at) VALUES ('2026-01-01');
INSERT INTO arc.table_verification (prefix, schema_name, table_name, known_at) VALUES ('p', 'public', 'medication_orders', '2026-01-01');
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
-- Two installations in one archive.
INSERT INTO arc.archive_identity (archive, system_identifier, database_oid, database_name, recorded_at)
VALUES ('00000000-0000-0000-0000-00000000000a', '8', 6, 'archive', '2026-01-01');
INSERT INTO arc.installation (prefix, installation, slot, publication, system_identifier, database_oid, database_name, archive, recorded_at)
VALUES ('one', '00000000-0000-0000-0000-000000000001', 's1', 'p1', '7', 5, 'hot', '00000000-0000-0000-0000-00000000000a', '2026-01-01');
INSERT INTO arc.installation_change (prefix, became, was_told, became_told, reason, changed_at)
VALUES ('one', '00000000-0000-0000-0000-000000000001', 'a', 'b', 'moved', '2026-01-01');
SELECT arc.claim_table('one', 'public', 'medication_orders');
INSERT INTO arc.provisioned (prefix, kind, name, undo) VALUES ('one', 'grant', 'shared', 'REVOKE'), ('two', 'grant', 'shared', 'REVOKE');
INSERT INTO arc.purge_hold (prefix, scope, reason, held_by) VALUES ('two', '*', 'why', 'dba');
INSERT INTO arc.epoch (prefix, epoch, system_id, timeline, snapshot_complete) VALUES ('one', 1, '123', 1, true), ('two', 1, '123', 1, false), ('two', 2, '123', 1, false);
INSERT INTO arc.purge_page (prefix, worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows) VALUES ('one', 'w', 'public.medication_orders', '1', 9, '0/1', 1, 0);
INSERT INTO arc.verification (prefix, started_at) VALUES ('one', '2026-01-01');
INSERT INTO arc.alarm (prefix, kind, table_name, detail, epoch, hot_lsn, hot_txid, topic_id, "offset", record_digest, acknowledged_by, acknowledged_at, acknowledgement)
VALUES ('one', 'truncate', 'public.medication_orders', 'truncated', 1, '0/1', 731, 'topic', 0, '\x01', 'dba', '2026-01-02', 'intended');
INSERT INTO arc.reconciliation (prefix, epoch, schema_name, table_name, state, announced, applied, unseen, sentence)
VALUES ('p', 2, 'public', 'medication_orders', 'asks', 1, 1, 20, 'asks');
INSERT INTO arc.reconciliation_confirmation (prefix, epoch, schema_name, table_name, unseen, confirmed_by, reason)
VALUES ('p', 2, 'public', 'medication_orders', 20, 'dba', 'they left');

INSERT INTO arc.status_sample (prefix, step, at, state, hop_states, sink_seconds, hot_rows)
VALUES ('valmed', 10, '2026-11-28 10:00:00+00', 0, '{0,0,0,0,0,0}', 0.5, 4);
INSERT INTO arc.status_event (prefix, at, kind, subject, detail)
VALUES ('valmed', '2026-11-28 10:00:00+00', 'caught up', 'sink', 'everything is archived');
INSERT INTO arc.kpi_day (prefix, day, table_name, measured_at, hot_rows)
VALUES ('valmed', '2026-11-28', 'public.keyed', '2026-11-28 10:00:00+00', 4);
