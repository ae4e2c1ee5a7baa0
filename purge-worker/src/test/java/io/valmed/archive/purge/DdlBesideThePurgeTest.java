package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.page.Kept;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever changes a table in the middle of a purge waits for the page whose proof he would spoil,
 * and the next page sees what he has done.
 */
class DdlBesideThePurgeTest {
  private static final String ALL_GONE = "all gone";
  private static final String DIFFERS = "differs";

  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 60);
    scene.mirrored();
    scene.settings().pageAggregates(10);
    scene.hot.run(
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ALTER TABLE medication_orders ADD late int                                     | does not have yet: late
          ALTER TABLE medication_administrations ADD late int NOT NULL DEFAULT 7         | does not have yet: late
          ALTER TABLE medication_orders DROP note                                        | all gone
          ALTER TABLE medication_orders RENAME note TO remark                            | does not have yet: remark
          ALTER TABLE medication_orders ALTER dosage TYPE bigint                         | all gone
          ALTER TABLE medication_orders ALTER dosage TYPE numeric(9, 2)                  | differs
          ALTER TYPE orderstatus RENAME VALUE 'completed' TO 'done'                      | settled
          CREATE TRIGGER t BEFORE DELETE ON medication_administrations FOR EACH ROW EXECUTE FUNCTION nothing() | trigger (t)
          CREATE TABLE x (o uuid REFERENCES medication_orders ON DELETE CASCADE)         | CASCADE
          CREATE RULE r AS ON DELETE TO medication_orders DO INSTEAD NOTHING             | rule (r)
          ALTER TABLE medication_administrations ENABLE ROW LEVEL SECURITY               | row security
          ALTER TABLE medication_administrations DISABLE TRIGGER ALL                     | not enforced
          ALTER TABLE medication_orders REPLICA IDENTITY DEFAULT                         | REPLICA IDENTITY
          DROP TABLE medication_administrations                                          | not in hot
          ALTER TABLE medication_orders RENAME TO orders                                 | not in hot
          ALTER TABLE medication_administrations ALTER id TYPE text                      | all gone
          ALTER TABLE medication_orders DROP CONSTRAINT medication_orders_pkey CASCADE   | no primary key
          ALTER TABLE medication_administrations DROP CONSTRAINT medication_administrations_pkey, ADD PRIMARY KEY (order_id, id) | all gone
          """)
  void nothing_unproven_goes(String ddl, String then) throws Exception {
    AtomicReference<@Nullable CompletableFuture<Void>> change = new AtomicReference<>();

    try (PurgeService service =
        PurgeService.start(
            scene.settings().make(),
            new PurgeOptions(true),
            stage -> {
              if (stage == Stage.INTENDED && change.get() == null) {
                CompletableFuture<Void> ran = CompletableFuture.runAsync(() -> run(ddl));
                change.set(ran);
                PurgeScene.await(() -> ran.isDone() || scene.hot.count(WAITING) > 0);
              }
            })) {
      PurgeScene.await(() -> has(then, service.counts()) || service.state().ended());
      Objects.requireNonNull(change.get()).join();

      assertThat(has(then, service.counts())).as(service.counts().toString()).isTrue();
    }
    everyRowThatIsGoneWasProven(then, ddl.startsWith("DROP TABLE"));
  }

  private static final String WAITING =
      "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

  private void run(String ddl) {
    try {
      scene.hot.run(ddl);
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private static boolean has(String then, PurgeCounts counts) {
    return switch (then) {
      case ALL_GONE -> counts.total() == 240;
      case DIFFERS -> PurgeScene.kept(counts, Kept.DIFFERS_FOR_NOW) > 0;
      default -> PurgeScene.heldBecause(counts, Valmed.ORDERS).contains(then);
    };
  }

  private void everyRowThatIsGoneWasProven(String then, boolean childrenDropped) throws Exception {
    String orders =
        scene.hot.list("SELECT to_regclass('orders') IS NULL").get(0).equals("t")
            ? "medication_orders"
            : "orders";
    long left = scene.hot.count(orders);
    if (then.equals(ALL_GONE)) {
      assertThat(left).isZero();
    } else {
      assertThat(left).isBetween(1L, 50L);
    }
    if (!childrenDropped) {
      assertThat(scene.hot.count("medication_administrations")).isEqualTo(3 * left);
    }
    assertThat(
            scene.archive.list("SELECT sum(rows) FROM arc.purge_page WHERE outcome = 'committed'"))
        .containsExactly(Long.toString(4 * (60 - left)));
  }
}
