package io.valmed.archive.e2e.operator;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.operator.StoreCopies.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/** Does one deed to a scene whose services are stopped; writes of the application around it. */
final class Deeds {
  private static final Duration A_MOMENT = Duration.ofSeconds(5);

  private final Scene scene;
  private final FailoverDeeds failovers;
  private Lives.Copy copied = new Lives.Copy(java.util.Map.of(), 0);
  private boolean lossUnsettled;
  private int ddl;

  Deeds(Scene scene) {
    this.scene = scene;
    this.failovers = new FailoverDeeds(scene);
  }

  /** Writes, stops the services, writes, does the deed, writes. The services stay stopped. */
  void perform(DeedPlan.Deed deed) throws Exception {
    Kind kind = deed.kind();
    lossUnsettled &= deed.atOnce();
    write(12, false);
    if (deed.atOnce()) {
      scene.startServices();
    }
    Store store = kind.store();
    if (store != null) {
      copy(store, deed);
    }
    awaitQuiet(deed);
    if (kind.needsStandby()) {
      failovers.prepare(kind);
    }
    boolean running = runsOn(kind);
    if (!running) {
      scene.stopServices();
      awaitSlotFree();
    }
    long before = scene.lives().nextStamp();
    write(6, running);
    long done = scene.lives().nextStamp();
    apply(kind);
    if (kind.losesChanges()) {
      lossUnsettled = true;
      // What was written before stays where the slot has it.
      excuseWhatStandsNowhere(
          running, stamp -> !(kind.keepsSlot() && stamp > before && stamp < done));
    }
    write(6, running);
  }

  /** Where a loss is not settled yet, nothing may watch what is written. */
  private void write(int rows, boolean running) throws Exception {
    scene.application().write(rows);
    if (lossUnsettled && !slotReads()) {
      excuseWhatStandsNowhere(running, stamp -> true);
    }
  }

  /** Whether there is a slot that has what is written now, of every table. */
  private boolean slotReads() throws SQLException {
    return counted(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s' AND wal_status <> 'lost'",
                scene.slot())
            == 1
        && counted(
                "SELECT count(*) FROM pg_publication_tables WHERE pubname = '%s' AND schemaname <> 'arc'",
                publication())
            == scene.world().ids().size();
  }

  private long counted(String query, String name) throws SQLException {
    return scene.installation().countInHot(query.formatted(name));
  }

  /** Whether the services run while it is done. */
  private boolean runsOn(Kind kind) {
    if (kind.isDdl() && scene.world().altersWhileRunning()) {
      return ddl++ % 2 == 0;
    }
    return kind.whileRunning();
  }

  private void excuseWhatStandsNowhere(boolean running, LongPredicate which) throws SQLException {
    if (running) {
      boolean unused = scene.caughtUp(A_MOMENT);
    }
    Set<Long> stamps = Evidence.stamps(scene.installation(), scene.world().ids());
    scene.lives().excuse(which, stamp -> !stamps.contains(stamp));
  }

  /** A deed that follows at once waits for nobody who has been stopped by the one before. */
  private void awaitQuiet(DeedPlan.Deed deed) {
    if (deed.atOnce()) {
      boolean unused = scene.caughtUp(A_MOMENT);
    } else {
      scene.awaitCaughtUp();
    }
  }

  /** Hot lets go of a slot a moment after its reader has ended. */
  private void awaitSlotFree() throws SQLException {
    hot(
        """
        DO $$ BEGIN
          FOR i IN 1..200 LOOP
            EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '%s' AND active);
            PERFORM pg_sleep(0.05);
          END LOOP;
        END $$
        """
            .formatted(scene.slot()));
  }

  private void copy(Store store, DeedPlan.Deed deed) throws Exception {
    awaitQuiet(deed);
    scene.stopServices();
    scene.application().write(4);
    scene.copies().take(store);
    copied = scene.lives().copy();
    scene.startServices();
    scene.application().write(12);
  }

  private void apply(Kind kind) throws Exception {
    switch (kind) {
      case NOTHING -> {}
      case SLOT_DROPPED -> hot("SELECT pg_drop_replication_slot('%s')".formatted(scene.slot()));
      case SLOT_ADVANCED ->
          hot(
              "SELECT pg_replication_slot_advance('%s', pg_current_wal_lsn())"
                  .formatted(scene.slot()));
      case SLOT_INVALIDATED -> invalidateSlot();
      case NEW_EPOCH -> scene.start("capture", List.of("capture", "--new-epoch"));
      case PROVISIONED_AGAIN -> scene.programs().succeed(scene.settings(), "provision", "hot");
      case HELD_AND_RESUMED -> holdAndResume();
      case PUBLICATION_REMADE -> remakePublication();
      case TABLE_OUT_AND_IN, TABLE_OUT_AND_IN_RUNNING -> outAndIn();
      case SECOND_PREFIX -> secondPrefix();
      case HOT_KILLED -> {
        scene.machines().hot().kill();
        scene.machines().hot().start();
      }
      case ARCHIVE_KILLED -> {
        scene.machines().archive().kill();
        scene.machines().archive().start();
      }
      case KAFKA_KILLED -> {
        scene.machines().kafka().kill();
        scene.machines().kafka().start();
      }
      case HOT_PUT_BACK -> {
        scene.copies().putBack(Store.HOT);
        scene.lives().putBack(copied);
      }
      case ARCHIVE_PUT_BACK -> scene.copies().putBack(Store.ARCHIVE);
      case KAFKA_PUT_BACK -> scene.copies().putBack(Store.KAFKA);
      case PARTITION_PUT_BACK -> scene.copies().putBackPartitions(prefix() + ".public.moves-1");
      case OFFSETS_PUT_BACK -> scene.copies().putBackPartitions(prefix() + ".capture-offsets-");
      case HOT_SWITCHED_OVER,
          HOT_FAILED_OVER,
          HOT_FAILED_OVER_BEHIND,
          HOT_FAILED_OVER_NO_SLOT,
          ARCHIVE_FAILED_OVER ->
          failovers.apply(kind);
      default -> SchemaDeeds.apply(kind, scene);
    }
  }

  private String prefix() {
    return scene.installation().settings().topics().prefix();
  }

  /** Ends the hold with the command that 'purge pause' tells. */
  private void holdAndResume() {
    String told =
        scene
            .programs()
            .run(scene.settings(), List.of("purge", "pause", "--reason", "inventory"))
            .output();
    String[] command = Sentence.commands(told).get(0).toArray(String[]::new);
    scene.programs().succeed(scene.settings(), command);
  }

  private void hot(String sql) throws SQLException {
    scene.installation().inHot(sql);
  }

  private String publication() {
    return scene.installation().settings().capture().publication();
  }

  /** Hot removes WAL that the slot still needs, as it does when a disk would fill. */
  private void invalidateSlot() throws SQLException {
    hot("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
    hot("SELECT pg_reload_conf()");
    String lost =
        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s' AND wal_status = 'lost'";
    while (scene.installation().countInHot(lost.formatted(scene.slot())) == 0) {
      hot("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))");
      hot("SELECT pg_switch_wal()");
      hot("CHECKPOINT");
    }
    hot("ALTER SYSTEM RESET max_slot_wal_keep_size");
    hot("SELECT pg_reload_conf()");
  }

  private void remakePublication() throws Exception {
    hot("DROP PUBLICATION " + publication());
    scene.application().write(6);
    hot(
        "CREATE PUBLICATION %s FOR TABLE orders, items, moves, things, arc.heartbeat WITH (publish_generated_columns = stored)"
            .formatted(publication()));
  }

  private void outAndIn() throws Exception {
    hot("ALTER PUBLICATION " + publication() + " DROP TABLE moves");
    scene.application().write(6);
    hot("ALTER PUBLICATION " + publication() + " ADD TABLE moves");
  }

  /** Another prefix with the same slot and archive: to be refused before anything is written. */
  private void secondPrefix() throws Exception {
    String settings = Files.readString(scene.settings());
    Path second = scene.installation().directory().resolve("second.yaml");
    Files.writeString(second, settings.replaceFirst("prefix: \\w+", "prefix: second"));
    try (Running capture = scene.programs().start(second, List.of("capture"))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> !capture.running());
    }
  }
}
