SELECT 'schema ' || n.nspname || ' owner ' || n.nspowner::regrole || ' acl ' ||
  (SELECT string_agg(format('%s=%s', CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type), ',' ORDER BY 1)
   FROM (SELECT grantee, privilege_type FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) ORDER BY 1, 2) a)
FROM pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)' AND n.nspname <> 'information_schema' ORDER BY n.nspname;

SELECT format('relation %s kind %s owner %s options %s replident %s persistence %s rls %s bound %s parent %s acl %s', c.oid::regclass, c.relkind,
  c.relowner::regrole, c.reloptions, c.relreplident, c.relpersistence, c.relrowsecurity, pg_get_expr(c.relpartbound, c.oid),
  (SELECT string_agg(inhparent::regclass::text, ',') FROM pg_inherits WHERE inhrelid = c.oid),
  (SELECT string_agg(format('%s=%s', CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type), ',' ORDER BY grantee::regrole::text, privilege_type)
   FROM aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)))))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY c.oid::regclass::text;

SELECT format('column %s.%s #%s %s notnull %s default %s identity %s generated %s collation %s storage %s acl %s missing %s', a.attrelid::regclass, a.attname,
  row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
  a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage, a.attacl, a.attmissingval)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname !~ '^(pg_|information_schema)' AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
ORDER BY a.attrelid::regclass::text, a.attname;

SELECT format('constraint %s on %s: %s validated %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid), k.convalidated)
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY k.conrelid::regclass::text, k.conname;

SELECT format('index %s valid %s ready %s replident %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indisreplident)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY 1;

SELECT format('trigger %s on %s: %s %s', t.tgname, t.tgrelid::regclass, pg_get_triggerdef(t.oid), t.tgenabled)
FROM pg_trigger t WHERE NOT t.tgisinternal ORDER BY t.tgrelid::regclass::text, t.tgname;

SELECT format('rule %s', pg_get_ruledef(r.oid)) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY 1;

SELECT format('function %s owner %s acl %s', pg_get_functiondef(p.oid), p.proowner::regrole,
  (SELECT string_agg(format('%s=%s', CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type), ',' ORDER BY grantee, privilege_type)
   FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^(pg_|information_schema)' AND p.prokind IN ('f', 'p') ORDER BY p.oid::regprocedure::text;

SELECT format('built-in function %s acl %s', p.oid::regprocedure, p.proacl) FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proacl IS NOT NULL ORDER BY p.oid::regprocedure::text;

SELECT format('type %s kind %s owner %s labels %s', t.oid::regtype, t.typtype, t.typowner::regrole,
  (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY t.oid::regtype::text;

SELECT format('sequence %s.%s %s %s %s last %s', schemaname, sequencename, data_type, start_value, increment_by,
  CASE sequencename WHEN 'provisioned_id_seq' THEN 0 ELSE last_value END) FROM pg_sequences ORDER BY 1;

SELECT format('comment on %s: %s', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
FROM pg_description d WHERE d.objoid >= 16384 ORDER BY 1;

SELECT format('publication %s owner %s %s %s %s %s %s %s', pubname, pubowner::regrole, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot)
FROM pg_publication ORDER BY 1;

SELECT format('published %s: %s.%s', pubname, schemaname, tablename) FROM pg_publication_tables ORDER BY 1;

SELECT format('role %s %s %s %s %s %s %s %s %s %s', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, rolbypassrls, rolconfig)
FROM pg_roles WHERE oid >= 16384 ORDER BY rolname;

SELECT format('member %s of %s admin %s', member::regrole, roleid::regrole, admin_option) FROM pg_auth_members WHERE roleid >= 16384 ORDER BY 1;

SELECT format('database acl %s',
  (SELECT string_agg(format('%s=%s', CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type), ',' ORDER BY grantee, privilege_type)
   FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))))
FROM pg_database WHERE datname = current_database();

SELECT format('origin %s', roname) FROM pg_replication_origin ORDER BY 1;

SELECT format('slot %s of %s', slot_name, database) FROM pg_replication_slots ORDER BY 1;

SELECT format('default acl %s', defaclacl) FROM pg_default_acl ORDER BY 1;
