package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.TopicDump;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.e2e.support.WardWorld;
import io.valmed.archive.e2e.support.World;
import io.valmed.archive.e2e.support.WorldTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeparturesAreKeptForEverTest {

  static Stream<World> worlds() {
    return Stream.of(new ValMedWorld(), new WardWorld());
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void an_archive_rebuilt_from_compacted_topics_holds_every_departure(World world)
      throws Exception {
    Ledger ledger = new Ledger();
    try (Installation installation = Installation.of(world)) {
      List<List<@Nullable String>> before;
      try (Pipeline pipeline = Pipeline.start(installation)) {
        Traffic.write(installation, ledger, 400, 3L);
        installation.inHot(world.ageRoots());
        pipeline.awaitArchived();
        Archive.succeed(installation.settingsFile(), "purge", "--once");
        pipeline.awaitArchived();
        assertThat(Journal.purged(installation)).isPositive();
        before = coldStore(installation);
        compact(installation, pipeline);
        pipeline.stopSink();

        forgetTheArchive(installation);
        pipeline.startSink();
        pipeline.awaitArchived();
      }

      assertThat(coldStore(installation)).containsExactlyInAnyOrderElementsOf(before);
      for (WorldTable table : world.tables()) {
        assertThat(rows(installation.archiveAsOwner(), table.columns(), table.id()))
            .containsExactlyInAnyOrderElementsOf(
                rows(installation.hotAsOwner(), table.columns(), table.id()));
      }
    }
  }

  @Test
  void a_key_that_comes_back_leaves_the_departed_row_untouched() throws Exception {
    Ledger ledger = new Ledger();
    try (Installation installation = Installation.of(new ValMedWorld());
        Pipeline pipeline = Pipeline.start(installation)) {
      String transfer =
          "INSERT INTO drug_transfers SELECT md5('t')::uuid, (SELECT id FROM drugs LIMIT 1), 'a', 'b', %d,"
              + " (SELECT id FROM users LIMIT 1), now() - interval '%d days'";
      installation.inHot(transfer.formatted(1, 200));
      pipeline.awaitArchived();
      Archive.succeed(installation.settingsFile(), "purge", "--once");
      pipeline.awaitArchived();

      installation.inHot(transfer.formatted(2, 1));
      pipeline.awaitArchived();
      installation.inHot("DELETE FROM drug_transfers");
      pipeline.awaitArchived();
      installation.inHot(transfer.formatted(3, 1));
      pipeline.awaitArchived();

      assertThat(quantities(installation, "public_cold.drug_transfers ORDER BY quantity"))
          .containsExactly("1 purged", "2 deleted");
      assertThat(installation.countInArchive("SELECT quantity FROM public.drug_transfers"))
          .isEqualTo(3);
      new Oracle(installation, ledger).everyChangeStandsOnceInItsTopic();
    }
  }

  private static List<String> quantities(Installation installation, String from)
      throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = installation.archiveAsOwner();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT quantity, arc_cause FROM " + from)) {
      while (rows.next()) {
        found.add(rows.getString(1) + " " + rows.getString(2));
      }
    }
    return found;
  }

  /** Makes the broker compact every table's topic now, and waits until it has. */
  private static void compact(Installation installation, Pipeline pipeline) throws Exception {
    TopicDump topics = installation.topics();
    List<String> names = new ArrayList<>();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (WorldTable table : installation.world().tables()) {
      String topic = installation.settings().topics().table(table.id());
      names.add(topic);
      changes.put(
          new ConfigResource(ConfigResource.Type.TOPIC, topic),
          List.of(
              set("segment.ms", "100"),
              set("min.cleanable.dirty.ratio", "0.0001"),
              set("max.compaction.lag.ms", "1"),
              set("delete.retention.ms", "1")));
    }
    try (Admin admin = Admin.create(installation.settings().kafka().clientProperties("e2e"))) {
      admin.incrementalAlterConfigs(changes).all().get();
    }
    await("compaction")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              touchEveryPartition(installation);
              pipeline.awaitArchived();
              return names.stream().allMatch(topic -> tombstonesGone(topics, topic));
            });
  }

  /** A new record in each partition rolls the segment that compaction leaves alone. */
  private static void touchEveryPartition(Installation installation) throws SQLException {
    for (WorldTable table : installation.world().tables()) {
      installation.inHot("UPDATE %s SET %s".formatted(table.id().sql(), table.updates().get(0)));
    }
  }

  /** Whether no partition has an old tombstone left, so that its rows' old images are gone too. */
  private static boolean tombstonesGone(TopicDump topics, String topic) {
    return topics.records(topic).stream()
        .map(ConsumerRecord::value)
        .noneMatch(value -> value == null);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static void forgetTheArchive(Installation installation) throws SQLException {
    StringBuilder sql = new StringBuilder("DELETE FROM arc.sink_position;");
    for (WorldTable table : installation.world().tables()) {
      sql.append("TRUNCATE %s, %s;".formatted(table.id().sql(), table.id().cold().sql()));
    }
    installation.inArchive(sql.toString());
  }

  private static List<List<@Nullable String>> coldStore(Installation installation)
      throws SQLException {
    List<List<@Nullable String>> all = new ArrayList<>();
    for (WorldTable table : installation.world().tables()) {
      List<String> columns = new ArrayList<>(table.columns());
      columns.addAll(
          List.of("arc_cause", "arc_epoch", "arc_lsn", "arc_txid", "arc_committed_at", "arc_age"));
      all.addAll(rows(installation.archiveAsOwner(), columns, table.id().cold()));
    }
    return all;
  }

  private static List<List<@Nullable String>> rows(
      Connection opened, List<String> columns, TableId from) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (Connection connection = opened;
        Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      String list =
          String.join(", ", columns.stream().map(c -> Sql.identifier(c) + "::text").toList());
      try (ResultSet result = statement.executeQuery("SELECT " + list + " FROM " + from.sql())) {
        while (result.next()) {
          List<@Nullable String> row = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            row.add(result.getString(i));
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }
}
