INSERT INTO arc.heartbeat VALUES ('slot', 7, '2026-01-01', '0/AA', 6, '0/A0', NULL, '{"t": {"0": 5}}', 1);
INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba'), ('public.orders', 'why', 'dba');
DELETE FROM arc.purge_hold WHERE scope = '*';
INSERT INTO arc.provisioned (kind, name, undo) VALUES ('grant', 'x', 'REVOKE nothing');
CREATE PUBLICATION the_heartbeat FOR TABLE arc.heartbeat;
