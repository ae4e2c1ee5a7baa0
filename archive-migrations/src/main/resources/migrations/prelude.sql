-- Helpers of the migrations, gone with the session. Undoing a migration sets tables that hold rows aside, and doing it again takes them back:
-- nothing is copied, so keys, sequences and rows are the same afterwards.

-- Moves what was set aside back to its schema; the CREATE ... IF NOT EXISTS that follows makes only what is missing. A table that stands there
-- already is somebody else's.
CREATE OR REPLACE PROCEDURE pg_temp.take_back(p_schema text, p_kept text, VARIADIC p_tables text[]) LANGUAGE plpgsql AS $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY p_tables LOOP
    IF to_regclass(format('%I.%I', p_schema, v_table)) IS NOT NULL THEN
      RAISE EXCEPTION 'table %.% exists already and is not of this migration', p_schema, v_table USING ERRCODE = 'duplicate_table';
    END IF;
    IF to_regclass(format('%I.%I', p_kept, v_table)) IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', p_kept, v_table, p_schema);
    END IF;
  END LOOP;
  CALL pg_temp.drop_if_empty(p_kept);
END $$;

-- Sets tables that hold rows aside and drops the empty ones; children first.
CREATE OR REPLACE PROCEDURE pg_temp.keep(p_schema text, p_kept text, VARIADIC p_tables text[]) LANGUAGE plpgsql AS $$
DECLARE
  v_table text;
  v_holds_rows boolean;
BEGIN
  FOREACH v_table IN ARRAY p_tables LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', p_schema, v_table) INTO v_holds_rows;
    IF v_holds_rows THEN
      EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', p_kept);
      EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', p_schema, v_table, p_kept);
    ELSE
      EXECUTE format('DROP TABLE %I.%I', p_schema, v_table);
    END IF;
  END LOOP;
END $$;

-- An enum type goes where its tables go: aside while a column uses it, away otherwise.
CREATE OR REPLACE PROCEDURE pg_temp.keep_type(p_schema text, p_kept text, p_type text) LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE atttypid = to_regtype(format('%I.%I', p_schema, p_type)) AND NOT attisdropped) THEN
    EXECUTE format('ALTER TYPE %I.%I SET SCHEMA %I', p_schema, p_type, p_kept);
  ELSE
    EXECUTE format('DROP TYPE %I.%I', p_schema, p_type);
  END IF;
END $$;

-- Takes an enum type back, or creates it.
CREATE OR REPLACE PROCEDURE pg_temp.take_back_type(p_schema text, p_kept text, p_type text, VARIADIC p_labels text[]) LANGUAGE plpgsql AS $$
BEGIN
  IF to_regtype(format('%I.%I', p_kept, p_type)) IS NOT NULL THEN
    EXECUTE format('ALTER TYPE %I.%I SET SCHEMA %I', p_kept, p_type, p_schema);
    CALL pg_temp.drop_if_empty(p_kept);
  ELSE
    EXECUTE format('CREATE TYPE %I.%I AS ENUM (%s)', p_schema, p_type, (SELECT string_agg(quote_literal(l), ', ') FROM unnest(p_labels) AS l));
  END IF;
END $$;

CREATE OR REPLACE PROCEDURE pg_temp.drop_if_empty(p_schema text) LANGUAGE plpgsql AS $$
BEGIN
  IF to_regnamespace(quote_ident(p_schema)) IS NOT NULL
     AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(p_schema)))
     AND NOT EXISTS (SELECT FROM pg_type WHERE typnamespace = to_regnamespace(quote_ident(p_schema))) THEN
    EXECUTE format('DROP SCHEMA %I', p_schema);
  END IF;
END $$;
