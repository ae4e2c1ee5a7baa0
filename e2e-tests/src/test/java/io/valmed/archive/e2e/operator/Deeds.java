package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.operator.StoreCopies.Store;
import io.valmed.archive.e2e.support.Archive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Does one deed to a scene whose services are stopped; writes of the application around it. */
final class Deeds {
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final Scene scene;
  private Lives.Copy copied = new Lives.Copy(java.util.Map.of());

  Deeds(Scene scene) {
    this.scene = scene;
  }

  /** Writes, stops the services, writes, does the deed, writes. The services stay stopped. */
  void perform(Kind kind) throws Exception {
    Store store = storeOf(kind);
    scene.application().write(12);
    if (store != null) {
      copy(store);
    }
    awaitCaughtUp();
    scene.stopServices();
    awaitSlotFree();
    scene.application().write(6);
    apply(kind);
    scene.application().write(6);
    if (losesChanges(kind)) {
      Set<Long> stamps = Evidence.stamps(scene.installation());
      scene.lives().excuse(stamp -> !stamps.contains(stamp));
    }
  }

  private void awaitCaughtUp() {
    if (!scene.caughtUp(FIRST)) {
      throw new IllegalStateException("the archive does not catch up\n" + scene.logs());
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

  private void copy(Store store) throws Exception {
    awaitCaughtUp();
    scene.stopServices();
    scene.application().write(4);
    scene.copies().take(store);
    copied = scene.lives().copy();
    scene.startServices();
    scene.application().write(12);
  }

  private static @org.jspecify.annotations.Nullable Store storeOf(Kind kind) {
    return switch (kind) {
      case HOT_PUT_BACK -> Store.HOT;
      case ARCHIVE_PUT_BACK -> Store.ARCHIVE;
      case KAFKA_PUT_BACK, PARTITION_PUT_BACK, OFFSETS_PUT_BACK -> Store.KAFKA;
      default -> null;
    };
  }

  /** Whether changes that were committed may stand in no WAL that could be read. */
  private static boolean losesChanges(Kind kind) {
    return switch (kind) {
      case SLOT_DROPPED,
          SLOT_ADVANCED,
          NEW_EPOCH,
          PUBLICATION_REMADE,
          TABLE_OUT_AND_IN,
          IDENTITY_LOST,
          RECREATED,
          KEY_DEFERRABLE,
          ROW_SECURITY,
          HOT_PUT_BACK,
          KAFKA_PUT_BACK,
          PARTITION_PUT_BACK,
          OFFSETS_PUT_BACK ->
          true;
      default -> false;
    };
  }

  private void apply(Kind kind) throws Exception {
    switch (kind) {
      case NOTHING -> {}
      case SLOT_DROPPED -> hot("SELECT pg_drop_replication_slot('%s')".formatted(scene.slot()));
      case SLOT_ADVANCED ->
          hot(
              "SELECT pg_replication_slot_advance('%s', pg_current_wal_lsn())"
                  .formatted(scene.slot()));
      case NEW_EPOCH -> scene.start("capture", List.of("capture", "--new-epoch"));
      case PROVISIONED_AGAIN -> Archive.succeed(scene.settings(), "provision", "hot");
      case HELD_AND_RESUMED -> {
        Archive.succeed(scene.settings(), "purge", "pause", "--reason", "inventory");
        Archive.succeed(scene.settings(), "purge", "resume");
      }
      case PUBLICATION_REMADE -> remakePublication();
      case TABLE_OUT_AND_IN -> outAndIn();
      case SECOND_PREFIX -> secondPrefix();
      case HOT_PUT_BACK -> {
        scene.copies().putBack(Store.HOT);
        scene.lives().putBack(copied);
      }
      case ARCHIVE_PUT_BACK -> scene.copies().putBack(Store.ARCHIVE);
      case KAFKA_PUT_BACK -> scene.copies().putBack(Store.KAFKA);
      case PARTITION_PUT_BACK -> scene.copies().putBackPartitions(prefix() + ".public.moves-1");
      case OFFSETS_PUT_BACK -> scene.copies().putBackPartitions(prefix() + ".capture-offsets-");
      default -> SchemaDeeds.apply(kind, scene);
    }
  }

  private String prefix() {
    return scene.installation().settings().topics().prefix();
  }

  private void hot(String sql) throws SQLException {
    scene.installation().inHot(sql);
  }

  private String publication() {
    return scene.installation().settings().capture().publication();
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
    try (Archive capture = Archive.start(second, List.of(), "capture")) {
      boolean unused = capture.endsWithin(Duration.ofSeconds(10));
    }
  }
}
