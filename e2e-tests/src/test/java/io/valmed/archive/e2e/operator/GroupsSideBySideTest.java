package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.World;
import io.valmed.archive.e2e.support.WorldTable;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three groups of tables of one hot database, each with its own prefix, slot, publication, sink and
 * purge worker and all in one archive, and beside them another hot database of the same server with
 * tables of the same names.
 */
class GroupsSideBySideTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int GROUPS = 3;
  private static final Programs PROGRAMS = new OneProcess();
  private static LocalStack stack;

  /** Tables {@code g0} to {@code g2}; the policy has the first. */
  private static final class GroupedWorld implements World {
    @Override
    public String name() {
      return "groups";
    }

    @Override
    public String schema() {
      return IntStream.range(0, GROUPS)
          .mapToObj("CREATE TABLE g%d (id int PRIMARY KEY, at timestamptz)"::formatted)
          .collect(Collectors.joining(";"));
    }

    @Override
    public String policy() {
      return "    roots:\n      public.g0: { age: at, cold-after: 90d }\n";
    }

    @Override
    public List<WorldTable> tables() {
      return List.of();
    }

    @Override
    public Bulk bulk() {
      throw new UnsupportedOperationException("written to by this test");
    }

    @Override
    public Copied copied() {
      throw new UnsupportedOperationException("written to by this test");
    }

    @Override
    public String ageRoots() {
      throw new UnsupportedOperationException("written to by this test");
    }
  }

  /** One group's way: its settings, its table, its services. */
  private static final class Group implements AutoCloseable {
    private final Installation in;
    private final Path settings;
    private final int number;
    private final List<Running> services = new ArrayList<>();

    Group(Installation in, int number) throws IOException {
      this.in = in;
      this.number = number;
      this.settings = number == 0 ? in.settingsFile() : derived();
    }

    private Path derived() throws IOException {
      String name = in.settings().topics().prefix();
      String first = Files.readString(in.settingsFile());
      String text =
          first
              .replace("prefix: " + name + "\n", "prefix: " + name + "_g" + number + "\n")
              .replace("slot: " + name + ",", "slot: " + name + "_g" + number + ",")
              .replace("publication: " + name + ",", "publication: " + name + "_g" + number + ",")
              .replace("public.g0", "public.g" + number);
      assertThat(text.length()).isEqualTo(first.length() + 9);
      return Files.writeString(in.directory().resolve("g" + number + ".yaml"), text);
    }

    void provision() {
      PROGRAMS.succeed(settings, "provision", "hot");
      PROGRAMS.succeed(settings, "provision", "archive");
    }

    void start() {
      for (String name : List.of("capture", "sink", "purge")) {
        services.add(PROGRAMS.start(settings, List.of(name)));
      }
    }

    void captureInANewEpoch() {
      services.get(0).stop();
      services.set(0, PROGRAMS.start(settings, List.of("capture", "--new-epoch")));
    }

    /** Ten rows that are cold when they are written, and ten that are not. */
    void write(int from) throws SQLException {
      in.inHot(
          "INSERT INTO g%d SELECT n, now() - CASE WHEN n %% 2 = 0 THEN interval '200 days' ELSE '0' END FROM generate_series(%d, %d) n"
              .formatted(number, from, from + 19));
    }

    private long inHot() throws SQLException {
      return in.countInHot("SELECT count(*) FROM g" + number);
    }

    private String archived() throws SQLException {
      return in.countInArchive("SELECT count(*) FROM g" + number)
          + " and "
          + in.countInArchive(
              "SELECT count(*) FROM public_cold.g" + number + " WHERE arc_cause = 'purged'");
    }

    /** That many rows are in hot and mirror, and as many were purged. */
    void awaitHalfPurged(int each) {
      await("half of g" + number + " of " + settings)
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(SQLException.class)
          .untilAsserted(
              () -> {
                assertThat(services).allMatch(Running::running);
                assertThat(inHot()).as(logs()).isEqualTo(each);
                assertThat(archived()).isEqualTo(each + " and " + each);
              });
    }

    private String logs() {
      return services.stream().map(Running::output).collect(Collectors.joining("\n"));
    }

    void verified() {
      PROGRAMS.succeed(settings, "verify");
    }

    void stop() {
      services.forEach(Running::close);
    }

    @Override
    public void close() {
      stop();
    }
  }

  @BeforeAll
  static void start() {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    stack = LocalStack.start(StackOptions.temporary());
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void what_is_done_to_one_group_disturbs_no_other_and_no_other_database_of_the_server()
      throws Exception {
    Installation.Place place =
        new Installation.Place(Servers.of(stack), Duration.ofSeconds(20), null, null);
    try (Installation one = Installation.of(new GroupedWorld(), place, PROGRAMS::succeed);
        Installation other = Installation.of(new GroupedWorld(), place, PROGRAMS::succeed);
        Group given = new Group(one, 0);
        Group anew = new Group(one, 1);
        Group held = new Group(one, 2);
        Group beside = new Group(other, 0)) {
      anew.provision();
      held.provision();
      List<Group> all = List.of(given, anew, held, beside);
      for (Group group : all) {
        group.start();
        group.write(1);
      }
      all.forEach(group -> group.awaitHalfPurged(10));

      given.stop();
      PROGRAMS.succeed(given.settings, "provision", "hot", "--undo");
      anew.captureInANewEpoch();
      Programs.Told paused =
          PROGRAMS.run(held.settings, List.of("purge", "pause", "--reason", "inventory"));
      Matcher hold = Pattern.compile("--hold ([^ ']+)").matcher(paused.output());
      assertThat(hold.find()).as(paused.output()).isTrue();
      for (Group group : List.of(anew, held, beside)) {
        group.write(101);
      }

      anew.awaitHalfPurged(20);
      beside.awaitHalfPurged(20);
      assertThat(held.inHot()).isEqualTo(30);
      assertThat(one.countInHot("SELECT count(*) FROM arc.purge_hold WHERE released_at IS NULL"))
          .isEqualTo(1);
      assertThat(given.archived()).isEqualTo("10 and 10");
      PROGRAMS.succeed(held.settings, "purge", "resume", "--hold", hold.group(1));
      held.awaitHalfPurged(20);
      List.of(anew, held, beside).forEach(Group::verified);
      assertThat(one.countInHot("SELECT count(*) FROM arc.installation")).isEqualTo(2);
      assertThat(other.countInHot("SELECT max(epoch) FROM arc.heartbeat")).isEqualTo(1);
    }
  }
}
