package io.valmed.archive.e2e.support;

import io.valmed.archive.model.TableId;
import java.util.List;

/** ValMed's own tables. */
public final class ValMedWorld implements World {
  public static final TableId USERS = TableId.parse("public.users");
  public static final TableId DRUGS = TableId.parse("public.drugs");
  public static final TableId ORDERS = TableId.parse("public.medication_orders");
  public static final TableId ADMINISTRATIONS = TableId.parse("public.medication_administrations");
  public static final TableId TRANSFERS = TableId.parse("public.drug_transfers");

  @Override
  public String name() {
    return "valmed";
  }

  @Override
  public String schema() {
    return """
        CREATE TYPE userrole AS ENUM ('doctor', 'nurse', 'pharmacist');
        CREATE TYPE orderstatus AS ENUM ('active', 'completed', 'discontinued');
        CREATE TABLE users (id uuid PRIMARY KEY, email varchar UNIQUE NOT NULL, hashed_password varchar NOT NULL,
          api_key varchar UNIQUE NOT NULL, role userrole NOT NULL);
        CREATE TABLE drugs (id uuid PRIMARY KEY, name varchar NOT NULL, form varchar NOT NULL, strength varchar NOT NULL,
          current_stock int DEFAULT 0, low_stock_threshold int DEFAULT 10, UNIQUE (name, form, strength));
        CREATE TABLE medication_orders (id uuid PRIMARY KEY, patient_name varchar NOT NULL, drug_id uuid NOT NULL REFERENCES drugs,
          dosage int NOT NULL, schedule varchar NOT NULL, status orderstatus NOT NULL, doctor_id uuid NOT NULL REFERENCES users,
          created_at timestamp);
        CREATE INDEX ON medication_orders (drug_id);
        CREATE INDEX ON medication_orders (status);
        CREATE INDEX ON medication_orders (doctor_id);
        CREATE TABLE medication_administrations (id uuid PRIMARY KEY, order_id uuid NOT NULL REFERENCES medication_orders,
          nurse_id uuid NOT NULL REFERENCES users, administration_time timestamp NOT NULL DEFAULT now());
        CREATE INDEX ON medication_administrations (order_id);
        CREATE INDEX ON medication_administrations (nurse_id);
        CREATE TABLE drug_transfers (id uuid PRIMARY KEY, drug_id uuid NOT NULL REFERENCES drugs, source_ward varchar NOT NULL,
          destination_ward varchar NOT NULL, quantity int NOT NULL, pharmacist_id uuid NOT NULL REFERENCES users,
          transfer_date timestamp NOT NULL);
        INSERT INTO users SELECT gen_random_uuid(), 'u' || n || '@valmed.example', 'hash-' || n, 'key-' || n,
          (ARRAY['doctor','nurse','pharmacist'])[1 + n % 3]::userrole FROM generate_series(1, 12) n;
        INSERT INTO drugs SELECT gen_random_uuid(), 'Wirkstoff ' || n, 'Tablette', n || ' µg' FROM generate_series(1, 20) n;
        """;
  }

  @Override
  public String policy() {
    return """
          roots:
            public.medication_orders:
              age: created_at
              settled: "status in ('completed','discontinued')"
              cold-after: 90d
              children: { public.medication_administrations: order_id }
            public.drug_transfers: { age: transfer_date, cold-after: 90d }
          reference:
            public.drugs: {}
            public.users: { exclude: [hashed_password, api_key] }
        """;
  }

  @Override
  public List<WorldTable> tables() {
    return List.of(users(), drugs(), orders(), administrations(), transfers());
  }

  @Override
  public Bulk bulk() {
    return new Bulk(transfers(), "transfer_date = now() - interval '200 days' * (1 + random())");
  }

  @Override
  public Copied copied() {
    return new Copied(
        TRANSFERS,
        """
        SELECT gen_random_uuid(), (SELECT id FROM drugs LIMIT 1), E'Station \\\\ \\t 3', '', (random() * 9)::int,
          (SELECT id FROM users LIMIT 1), (now() - random() * interval '300 days')::timestamp\
        """);
  }

  @Override
  public String ageRoots() {
    return """
        UPDATE medication_orders SET status = 'completed', created_at = created_at - interval '200 days'
          WHERE created_at > now() - interval '80 days' AND abs(hashtext(id::text)) % 2 = 0;
        UPDATE drug_transfers SET transfer_date = transfer_date - interval '200 days'
          WHERE transfer_date > now() - interval '80 days' AND abs(hashtext(id::text)) % 2 = 0;
        """;
  }

  private static WorldTable users() {
    return new WorldTable(
        USERS,
        List.of("id", "email", "role"),
        List.of("id"),
        null,
        """
        INSERT INTO users SELECT gen_random_uuid(), gen_random_uuid() || '@valmed.example', 'CANARY-hash',
          'CANARY-' || gen_random_uuid(), 'nurse'\
        """,
        List.of(
            "hashed_password = 'CANARY-' || random()",
            "email = 'ö' || random() || '@valmed.example'"),
        null,
        "false");
  }

  private static WorldTable drugs() {
    return new WorldTable(
        DRUGS,
        List.of("id", "name", "form", "strength", "current_stock", "low_stock_threshold"),
        List.of("id"),
        null,
        "INSERT INTO drugs SELECT gen_random_uuid(), 'Präparat ' || gen_random_uuid(), 'Ampulle', '5 mg'",
        List.of("current_stock = current_stock + 1", "low_stock_threshold = NULL"),
        null,
        "NOT EXISTS (SELECT FROM medication_orders o WHERE o.drug_id = drugs.id)"
            + " AND NOT EXISTS (SELECT FROM drug_transfers t WHERE t.drug_id = drugs.id)");
  }

  private static WorldTable orders() {
    return new WorldTable(
        ORDERS,
        List.of(
            "id",
            "patient_name",
            "drug_id",
            "dosage",
            "schedule",
            "status",
            "doctor_id",
            "created_at"),
        List.of("id"),
        null,
        """
        INSERT INTO medication_orders SELECT gen_random_uuid(), 'Zoë \\N "Müller", \\ ' || random(),
            (SELECT id FROM drugs LIMIT 1), (random() * 100)::int, E'1-0-1\\t\\n', 'active', (SELECT id FROM users LIMIT 1),
            CASE WHEN random() < 0.05 THEN NULL ELSE now() - random() * interval '80 days' END\
        """,
        List.of(
            "status = 'completed'",
            "status = 'active'",
            "dosage = dosage + 1",
            "patient_name = ''",
            "status = 'discontinued', created_at = now() - interval '400 days' * random()",
            "created_at = NULL"),
        "id = gen_random_uuid()",
        "NOT EXISTS (SELECT FROM medication_administrations a WHERE a.order_id = medication_orders.id)");
  }

  private static WorldTable administrations() {
    return new WorldTable(
        ADMINISTRATIONS,
        List.of("id", "order_id", "nurse_id", "administration_time"),
        List.of("id"),
        ORDERS,
        """
        INSERT INTO medication_administrations SELECT gen_random_uuid(), ?::uuid, (SELECT id FROM users LIMIT 1),
            now() - random() * interval '80 days'\
        """,
        List.of("administration_time = administration_time - interval '1 microsecond'"),
        "id = gen_random_uuid()",
        "true");
  }

  private static WorldTable transfers() {
    return new WorldTable(
        TRANSFERS,
        List.of(
            "id",
            "drug_id",
            "source_ward",
            "destination_ward",
            "quantity",
            "pharmacist_id",
            "transfer_date"),
        List.of("id"),
        null,
        """
        INSERT INTO drug_transfers SELECT gen_random_uuid(), (SELECT id FROM drugs LIMIT 1), 'Ward 薬', '', 7,
            (SELECT id FROM users LIMIT 1), now() - random() * interval '80 days'\
        """,
        List.of(
            "quantity = quantity + 1", "transfer_date = now() - interval '300 days' * random()"),
        "id = gen_random_uuid()",
        "true");
  }
}
