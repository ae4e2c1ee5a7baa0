INSERT INTO arc.heartbeat VALUES ('slot', 7, '2026-01-01', '0/AA', 6, '0/A0', NULL, '{"t": {"0": 5}}', 1);
INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba'), ('public.orders', 'why', 'dba');
DELETE FROM arc.purge_hold WHERE scope = '*';
INSERT INTO arc.provisioned (kind, name, undo) VALUES ('grant', 'x', 'REVOKE nothing');
CREATE PUBLICATION the_heartbeat FOR TABLE arc.heartbeat;
-- Two installations that share a step.
INSERT INTO arc.installation (prefix, installation, slot, publication, system_identifier, database_oid, database_name, recorded_at)
VALUES ('one', '00000000-0000-0000-0000-000000000001', 's1', 'p1', '7', 5, 'hot', '2026-01-01');
INSERT INTO arc.installation_change (prefix, became, was_told, became_told, reason, changed_at)
VALUES ('one', '00000000-0000-0000-0000-000000000001', 'a', 'b', 'moved', '2026-01-01');
INSERT INTO arc.provisioned (prefix, kind, name, undo) VALUES ('one', 'grant', 'shared', 'REVOKE'), ('two', 'grant', 'shared', 'REVOKE');
INSERT INTO arc.purge_hold (prefix, scope, reason, held_by) VALUES ('two', '*', 'why', 'dba');
INSERT INTO arc.parked_table (slot, table_name, epoch, reason, parked_at) VALUES ('slot', 'public.orders', 1, 'its key changed', '2026-01-01');
