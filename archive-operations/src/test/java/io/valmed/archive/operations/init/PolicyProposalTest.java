package io.valmed.archive.operations.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.hot.LiveTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.DatabaseTls;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyProposalTest {
  @TempDir Path folder;

  @Test
  void what_many_refer_to_is_reference_data_though_it_is_dated() throws Exception {
    Settings settings =
        proposed(
            table("patients", null, dates("created_at")),
            table("visits", null, dates("opened_at"), to("patients", true)),
            table("bills", null, dates("billed_on"), to("patients", true)));

    assertThat(settings.policy().reference())
        .extracting(table -> table.table().name())
        .containsExactly("patients");
    assertThat(settings.policy().roots())
        .extracting(root -> root.table().name())
        .containsExactly("visits", "bills");
  }

  @Test
  void children_of_children_stand_below_the_table_without_which_they_do_not_exist()
      throws Exception {
    Settings settings =
        proposed(
            table("orders", null, dates("updated_at", "placed_on", "created_at")),
            table("lines", null, dates(), to("orders", true)),
            table("Scans", null, dates("scanned_at"), to("lines", true)),
            table("notes", null, dates("written_at"), to("orders", false)));

    assertThat(settings.policy().roots())
        .extracting(root -> root.table().name() + " " + root.age())
        .containsExactly("orders created_at", "notes written_at");
    assertThat(settings.policy().roots().get(0).children())
        .singleElement()
        .satisfies(
            lines -> {
              assertThat(lines.foreignKey()).containsExactly("orders Id");
              assertThat(lines.children())
                  .extracting(scans -> scans.table().name() + " " + scans.age())
                  .containsExactly("Scans scanned_at");
            });
  }

  @Test
  void no_table_is_forgotten_not_even_of_a_circle_and_what_cannot_be_archived_is_named()
      throws Exception {
    Settings settings =
        proposed(
            table("a", null, dates("made_on"), to("b", true)),
            table("b", null, dates("made_on"), to("c", true)),
            table("c", null, dates("made_on"), to("a", true)),
            table("audit", "does not have a primary key", dates("made_on")),
            table("births", null, dates("birth_date")));

    assertThat(settings.policy().tables())
        .extracting(table -> table.table().name())
        .containsExactlyInAnyOrder("a", "b", "c", "births");
    assertThat(settings.policy().reference())
        .extracting(table -> table.table().name())
        .contains("births");
    assertThat(Files.readString(folder.resolve("archive.yaml")))
        .contains("# left out: public.audit does not have a primary key");
  }

  @Test
  void what_was_said_of_encryption_and_kafkas_login_is_kept_and_stands_in_the_settings()
      throws Exception {
    Path ca = Files.writeString(folder.resolve("it's a ca.pem"), "x");
    Path password = Files.writeString(folder.resolve("kafka.password"), "secret");
    Trust trust =
        new Trust(
            Trust.tls("hot", null, ca), Trust.tls("archive", "require", null), ca, "arc", password);
    Path kept = folder.resolve("answers");
    Files.writeString(kept, new Answers("hot/h", "cold/c", "k:9092", trust).text());

    Answers read = Answers.read(kept);
    Settings settings = proposed(read, table("a", null, List.of()));

    assertThat(read.trust()).isEqualTo(trust);
    assertThat(settings.hot().purger().tls()).isEqualTo(trust.hot());
    assertThat(settings.hot().purger().tls().mode()).isEqualTo(DatabaseTls.Mode.VERIFY_FULL);
    assertThat(settings.archive().sink().tls().mode()).isEqualTo(DatabaseTls.Mode.REQUIRE);
    assertThat(settings.kafka().security().user()).isEqualTo("arc");
    assertThat(settings.kafka().clientProperties("x"))
        .containsEntry("security.protocol", "SASL_SSL");
    assertThat(proposed(table("a", null, List.of())).hot().purger().tls())
        .isEqualTo(DatabaseTls.IF_OFFERED);
  }

  private Settings proposed(LiveTable... tables) throws Exception {
    return proposed(new Answers("hot/h", "jdbc:postgresql://cold:5433/c", "k:9092"), tables);
  }

  /** The proposal as the settings are read in which it stands. */
  private Settings proposed(Answers answers, LiveTable... tables) throws Exception {
    PolicyProposal proposal = PolicyProposal.of(List.of(tables));
    Path file = folder.resolve("archive.yaml");
    Files.writeString(file, DraftSettings.of(answers, proposal));
    Settings settings = SettingsReader.read(file, Map.of());
    assertThat(settings.policy().draft()).isTrue();
    return settings;
  }

  private static LiveTable table(
      String name,
      @Nullable String fault,
      List<LiveTable.Column> dates,
      LiveTable.Reference... references) {
    List<LiveTable.Column> columns = new ArrayList<>();
    columns.add(new LiveTable.Column("id", false, true, List.of()));
    columns.add(new LiveTable.Column("state", false, true, List.of("open", "don't know")));
    columns.addAll(dates);
    return new LiveTable(
        new TableId("public", name),
        new LiveTable.Owner("app", false, true),
        fault,
        columns,
        List.of(references));
  }

  private static List<LiveTable.Column> dates(String... names) {
    return Arrays.stream(names)
        .map(name -> new LiveTable.Column(name, true, false, List.of()))
        .toList();
  }

  private static LiveTable.Reference to(String table, boolean required) {
    return new LiveTable.Reference(
        new TableId("public", table), List.of(table + " Id"), required, false);
  }
}
