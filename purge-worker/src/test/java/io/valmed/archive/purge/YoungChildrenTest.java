package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeOf;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.operations.report.PurgeReport;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.WholePage;
import io.valmed.archive.purge.postgres.HotSession;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code age-of: newest} an aggregate is cold when the youngest of its rows is. */
@Timeout(120)
class YoungChildrenTest {
  private static final TableId THREADS = TableId.parse("public.threads");
  private static final TableId POSTS = TableId.parse("public.posts");
  private static final TableId LIKES = TableId.parse("public.likes");

  private static final String DDL =
      """
      CREATE TABLE threads (id int PRIMARY KEY, created timestamptz);
      CREATE TABLE posts (id int PRIMARY KEY, thread_id int REFERENCES threads, posted timestamptz);
      CREATE INDEX ON posts (thread_id);
      CREATE TABLE likes (id int PRIMARY KEY, post_id int REFERENCES posts, given date);
      CREATE INDEX ON likes (post_id);
      INSERT INTO threads SELECT i, now() - interval '200 days' FROM generate_series(1, 6) i;
      INSERT INTO posts SELECT i, i, now() - interval '199 days' FROM generate_series(1, 6) i;
      INSERT INTO likes SELECT i, i, now() - interval '198 days' FROM generate_series(1, 6) i
      """;

  private static final String WAITING =
      """
      CREATE SEQUENCE calls; CREATE SEQUENCE waits_at; CREATE SEQUENCE go;
      CREATE FUNCTION waits() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
      BEGIN
        IF nextval('calls') = (SELECT last_value FROM waits_at) THEN
          WHILE NOT (SELECT is_called FROM go) LOOP PERFORM pg_sleep(0.01); END LOOP;
        END IF;
        RETURN true;
      END $$
      """;

  private static RootTable threads(AgeOf ageOf) {
    return threads(ageOf, null);
  }

  private static RootTable threads(AgeOf ageOf, @Nullable String settled) {
    ChildTable likes = new ChildTable(LIKES, List.of("post_id"), "given", List.of());
    ChildTable posts = new ChildTable(POSTS, List.of("thread_id"), "posted", List.of(likes));
    return new RootTable(
        THREADS, "created", settled, Duration.ofDays(90), List.of(posts), List.of(), ageOf);
  }

  private static PurgeScene scene(AgeOf ageOf, String more) throws Exception {
    PurgeScene scene =
        PurgeScene.of(
            DDL + ";" + more, new Policy(List.of(threads(ageOf)), List.of(), ZoneOffset.UTC));
    scene.mirrored();
    scene.caughtUp();
    return scene;
  }

  @ParameterizedTest
  @EnumSource(AgeOf.class)
  void an_old_root_with_a_recent_child_stays_where_the_newest_age_counts(AgeOf ageOf)
      throws Exception {
    PurgeScene scene =
        scene(
            ageOf,
            """
            INSERT INTO posts VALUES (11, 1, now() - interval '1 day'), (12, NULL, now() - interval '300 days');
            INSERT INTO likes VALUES (13, 2, now() - interval '1 day'), (14, 3, NULL), (15, 4, '-infinity');
            """);

    PurgeReport before = PurgeReport.read(scene.settings().make()).get(0);
    scene.purge();

    boolean newest = ageOf == AgeOf.NEWEST;
    assertThat(scene.hot.list("SELECT id::text FROM threads t ORDER BY t.id"))
        .isEqualTo(newest ? List.of("1", "2", "3", "4") : List.of());
    assertThat(scene.hot.list("SELECT id::text FROM posts p ORDER BY p.id"))
        .isEqualTo(newest ? List.of("1", "2", "3", "4", "11", "12") : List.of("12"));
    assertThat(before.eligible()).isEqualTo(newest ? 2 : 6);
    assertThat(before.young()).isEqualTo(newest ? 4 : 0);
    assertThat(before.orphans()).isEqualTo(Map.of(POSTS, 1L));
  }

  /**
   * The settled predicate waits while the roots are looked at for the second time, under their
   * locks; by then the statement has its snapshot, so that it sees the child as it was before.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE posts SET posted = now() WHERE id = 1",
        "UPDATE likes SET given = now() WHERE id = 1",
        "UPDATE likes SET given = NULL WHERE id = 1"
      })
  void a_child_that_becomes_young_before_it_is_locked_keeps_its_aggregate(String change)
      throws Exception {
    PurgeScene scene = scene(AgeOf.NEWEST, WAITING);
    Settings settings = scene.settings().make();
    RootTable root = threads(AgeOf.NEWEST, "waits()");
    try (HotSession hot =
        HotSession.open(settings, new ClockWatch(settings.purge().clockSkew(), System::nanoTime))) {
      try (HotPage page = hot.begin(root)) {
        WholePage whole =
            beside(scene, 7, change, () -> page.lockWhole(new PageRequest.Next(null, 6)));
        assertThat(whole).as("a page with a young child, taken as a whole").isNull();
      }

      scene.hot.run(
          "UPDATE posts SET posted = '2020-01-01'; UPDATE likes SET given = '2020-01-01'");
      scene.hot.run("ALTER SEQUENCE calls RESTART; ALTER SEQUENCE go RESTART");
      try (HotPage page = hot.begin(root)) {
        List<List<String>> keys = List.of(List.of("1"), List.of("2"), List.of("3"));
        HotPage.Locked locked =
            beside(scene, 4, change, () -> page.lock(new PageRequest.These(keys)));
        assertThat(locked.page().keptCounts()).isEqualTo(Map.of(Kept.LOCKED, 1));
        assertThat(locked.page().open(1)).isTrue();
      }
    }
  }

  /** Does something while the predicate waits for it at that call, and returns the answer. */
  private static <T> T beside(PurgeScene scene, int call, String change, Callable<T> page)
      throws Exception {
    scene.hot.run("SELECT setval('waits_at', %d)".formatted(call));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<T> answer = other.submit(page);
      PurgeScene.await(
          () ->
              scene
                  .hot
                  .list("SELECT last_value >= %d FROM calls".formatted(call))
                  .equals(List.of("t")));
      scene.hot.run(change);
      scene.hot.run("SELECT nextval('go')");
      return answer.get(1, TimeUnit.MINUTES);
    } finally {
      other.shutdownNow();
    }
  }
}
