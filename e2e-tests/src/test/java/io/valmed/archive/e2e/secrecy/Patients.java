package io.valmed.archive.e2e.secrecy;

import io.valmed.archive.e2e.support.Installation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Writes rows whose every value is a canary. Values go as parameters, never in a statement's text:
 * that one is read later, in the servers' logs.
 */
final class Patients {
  private final Installation installation;
  private final Canaries canaries;
  private final Canaries keys;
  private final String user;
  private final String drug;

  /**
   * @param canaries where its words are noted
   * @param keys where its keys are noted
   */
  Patients(Installation installation, Canaries canaries, Canaries keys) throws SQLException {
    this.installation = installation;
    this.canaries = canaries;
    this.keys = keys;
    this.user = keys.hatchKey("key of a user");
    this.drug = keys.hatchKey("key of a drug");
    run(
        "INSERT INTO users VALUES (?::uuid, ?, ?, ?, 'nurse')",
        user,
        canaries.hatch("e-mail") + "@hospital.example",
        canaries.hatch("hashed password"),
        canaries.hatch("API key"));
    drug(drug, canaries.hatch("strength"));
  }

  private void drug(String id, String strength) throws SQLException {
    run(
        "INSERT INTO drugs (id, name, form, strength) VALUES (?::uuid, ?, ?, ?)",
        id,
        canaries.hatch("name of a drug"),
        canaries.hatch("form of a drug"),
        strength);
  }

  /** A drug whose strength is a number for nobody. */
  void drugOfNoNumber() throws SQLException {
    drug(keys.hatchKey("key of another drug"), canaries.hatch("another strength"));
  }

  /** An order that is settled, cold, and given once. */
  String coldOrder(String patient) throws SQLException {
    String id = keys.hatchKey("key of an order");
    run(
        """
        INSERT INTO medication_orders
        VALUES (?::uuid, ?, ?::uuid, 1, ?, 'completed', ?::uuid, now() - interval '200 days')
        """,
        id,
        patient,
        drug,
        canaries.hatch("schedule"),
        user);
    run(
        "INSERT INTO medication_administrations VALUES (?::uuid, ?::uuid, ?::uuid, now() - interval '199 days')",
        keys.hatchKey("key of an administration"),
        id,
        user);
    return id;
  }

  String patient() {
    return "Zoë " + canaries.hatch("patient's name") + " \"Müller\"";
  }

  /** A transfer that comes, is changed, gets another key, and goes. */
  void transfer() throws SQLException {
    String first = keys.hatchKey("key of a transfer");
    String second = keys.hatchKey("second key of a transfer");
    run(
        "INSERT INTO drug_transfers VALUES (?::uuid, ?::uuid, ?, ?, 1, ?::uuid, now())",
        first,
        drug,
        canaries.hatch("ward"),
        canaries.hatch("other ward"),
        user);
    run("UPDATE drug_transfers SET quantity = 2 WHERE id = ?::uuid", first);
    run("UPDATE drug_transfers SET id = ?::uuid WHERE id = ?::uuid", second, first);
    run("DELETE FROM drug_transfers WHERE id = ?::uuid", second);
  }

  /** What an application may send along with its changes. */
  void message() throws SQLException {
    run("SELECT pg_logical_emit_message(true, 'application', ?)", canaries.hatch("message"));
  }

  /** Another table's reference to the order, of which the policy knows nothing. */
  void referTo(String order) throws SQLException {
    run("INSERT INTO invoices VALUES (?::uuid, ?::uuid)", UUID.randomUUID().toString(), order);
  }

  void overstock() throws SQLException {
    run("UPDATE drugs SET current_stock = 5000 WHERE id = ?::uuid", drug);
  }

  private void run(String sql, String... values) throws SQLException {
    try (Connection connection = installation.hotAsOwner();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      List<String> all = List.of(values);
      for (int i = 0; i < all.size(); i++) {
        statement.setString(i + 1, all.get(i));
      }
      statement.execute();
    }
  }
}
