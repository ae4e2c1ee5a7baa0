-- // drug transfers
CALL pg_temp.take_back('public', 'valmed_kept', 'drug_transfers');

CREATE TABLE IF NOT EXISTS public.drug_transfers (
  id                uuid PRIMARY KEY,
  drug_id           uuid NOT NULL REFERENCES public.drugs (id),
  source_ward       varchar NOT NULL,
  destination_ward  varchar NOT NULL,
  quantity          int NOT NULL,
  pharmacist_id     uuid NOT NULL REFERENCES public.users (id),
  transfer_date     timestamp NOT NULL
);

-- //@UNDO
CALL pg_temp.keep('public', 'valmed_kept', 'drug_transfers');
