-- // users and drugs
CALL pg_temp.take_back_type('public', 'valmed_kept', 'userrole', 'doctor', 'nurse', 'pharmacist');
CALL pg_temp.take_back('public', 'valmed_kept', 'users', 'drugs');

CREATE TABLE IF NOT EXISTS public.users (
  id               uuid PRIMARY KEY,
  email            varchar NOT NULL,
  hashed_password  varchar NOT NULL,
  api_key          varchar NOT NULL,
  role             public.userrole NOT NULL,
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_api_key_key UNIQUE (api_key)
);

CREATE TABLE IF NOT EXISTS public.drugs (
  id                   uuid PRIMARY KEY,
  name                 varchar NOT NULL,
  form                 varchar NOT NULL,
  strength             varchar NOT NULL,
  current_stock        int DEFAULT 0,
  low_stock_threshold  int DEFAULT 10,
  CONSTRAINT drugs_name_form_strength_key UNIQUE (name, form, strength)
);

-- //@UNDO
CALL pg_temp.keep('public', 'valmed_kept', 'drugs', 'users');
CALL pg_temp.keep_type('public', 'valmed_kept', 'userrole');
