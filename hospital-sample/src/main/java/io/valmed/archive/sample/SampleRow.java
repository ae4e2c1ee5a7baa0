package io.valmed.archive.sample;

import java.time.LocalDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of one of ValMed's tables. */
sealed interface SampleRow {

  record User(UUID id, String email, String hashedPassword, String apiKey, String role)
      implements SampleRow {}

  record Drug(UUID id, String name, String form, String strength, int stock, int threshold)
      implements SampleRow {}

  /**
   * An order.
   *
   * @param createdAt UTC; null where ValMed forgot it: such an order never gets cold
   */
  record Order(
      UUID id,
      String patient,
      UUID drug,
      int dosage,
      String schedule,
      String status,
      UUID doctor,
      @Nullable LocalDateTime createdAt)
      implements SampleRow {}

  record Administration(UUID id, UUID order, UUID nurse, LocalDateTime time) implements SampleRow {}

  record Transfer(
      UUID id,
      UUID drug,
      String source,
      String destination,
      int quantity,
      UUID pharmacist,
      LocalDateTime date)
      implements SampleRow {}

  /** The row's values in the order of the table's columns; a null one is SQL's NULL. */
  default @Nullable Object[] values() {
    if (this instanceof User r) {
      return new Object[] {r.id, r.email, r.hashedPassword, r.apiKey, r.role};
    }
    if (this instanceof Drug r) {
      return new Object[] {r.id, r.name, r.form, r.strength, r.stock, r.threshold};
    }
    if (this instanceof Order r) {
      return new @Nullable Object[] {
        r.id, r.patient, r.drug, r.dosage, r.schedule, r.status, r.doctor, r.createdAt
      };
    }
    if (this instanceof Administration r) {
      return new Object[] {r.id, r.order, r.nurse, r.time};
    }
    Transfer r = (Transfer) this;
    return new Object[] {r.id, r.drug, r.source, r.destination, r.quantity, r.pharmacist, r.date};
  }
}
