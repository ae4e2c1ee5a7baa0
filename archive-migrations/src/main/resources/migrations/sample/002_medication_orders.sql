-- // medication orders and their administrations
CALL pg_temp.take_back_type('public', 'valmed_kept', 'orderstatus', 'active', 'completed', 'discontinued');
CALL pg_temp.take_back('public', 'valmed_kept', 'medication_orders', 'medication_administrations');

CREATE TABLE IF NOT EXISTS public.medication_orders (
  id            uuid PRIMARY KEY,
  patient_name  varchar NOT NULL,
  drug_id       uuid NOT NULL REFERENCES public.drugs (id),
  dosage        int NOT NULL,
  schedule      varchar NOT NULL,
  status        public.orderstatus NOT NULL,
  doctor_id     uuid NOT NULL REFERENCES public.users (id),
  created_at    timestamp
);
CREATE INDEX IF NOT EXISTS ix_medication_orders_drug_id ON public.medication_orders (drug_id);
CREATE INDEX IF NOT EXISTS ix_medication_orders_status ON public.medication_orders (status);
CREATE INDEX IF NOT EXISTS ix_medication_orders_doctor_id ON public.medication_orders (doctor_id);

CREATE TABLE IF NOT EXISTS public.medication_administrations (
  id                   uuid PRIMARY KEY,
  order_id             uuid NOT NULL REFERENCES public.medication_orders (id),
  nurse_id             uuid NOT NULL REFERENCES public.users (id),
  administration_time  timestamp NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS ix_medication_administrations_order_id ON public.medication_administrations (order_id);
CREATE INDEX IF NOT EXISTS ix_medication_administrations_nurse_id ON public.medication_administrations (nurse_id);

-- //@UNDO
CALL pg_temp.keep('public', 'valmed_kept', 'medication_administrations', 'medication_orders');
CALL pg_temp.keep_type('public', 'valmed_kept', 'orderstatus');
