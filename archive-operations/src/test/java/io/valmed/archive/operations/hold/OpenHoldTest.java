package io.valmed.archive.operations.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.hold.PurgeHolds.Hold;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A hold says whom it concerns and which command ends it. */
class OpenHoldTest {
  private static Hold row(String database, long id, String scope, String reason, String heldBy) {
    return new Hold(database, id, scope, reason, heldBy, Instant.EPOCH, "valmed");
  }

  @Test
  void what_a_person_holds_in_both_databases_is_one_hold_with_one_command() {
    List<OpenHold> open =
        OpenHold.of(
            List.of(
                row("hot", 3, "*", "audit", "ann"),
                row("hot", 4, "public.orders", "audit", "ann"),
                row("archive", 9, "*", "audit", "ann")));

    assertThat(open).hasSize(2);
    assertThat(open.get(0).rows()).hasSize(2);
    assertThat(open.get(0).named("archive/9")).isTrue();
    assertThat(open.get(0).line())
        .isEqualTo(
            "held  hot/3  all tables, by ann since 1970-01-01T00:00:00Z: audit. A person ends it with './archive purge resume --hold hot/3'.");
    assertThat(open.get(1).line()).contains("hot/4  table public.orders, by ann");
  }

  @Test
  void what_a_service_holds_ends_by_itself_and_an_alarm_when_a_person_has_looked() {
    List<OpenHold> open =
        OpenHold.of(
            List.of(
                row("hot", 1, "public.orders", "It was renamed.", "capture arc_valmed"),
                row(
                    "archive",
                    2,
                    "public.orders",
                    "Alarm 7: It was truncated. Look into it, then run './archive alarms ack 7 --by NAME --reason TEXT'.",
                    "alarm 7")));

    assertThat(open.get(0).line())
        .endsWith(
            "It ends by itself when that is cured; a person ends it with './archive purge resume --hold hot/1'.");
    assertThat(open.get(1).isAlarm()).isTrue();
    assertThat(open.get(1).command()).isEqualTo("./archive alarms ack 7 --by NAME --reason TEXT");
    assertThat(open.get(1).line().strip())
        .as("the command stands there once")
        .endsWith("run './archive alarms ack 7 --by NAME --reason TEXT'.");
  }

  @Test
  void a_hold_without_an_installation_concerns_every_one() {
    Hold everyone = new Hold("hot", 5, "*", "moving", "dba", Instant.EPOCH, "");

    assertThat(OpenHold.of(List.of(everyone)).get(0).line()).contains("every installation");
  }
}
