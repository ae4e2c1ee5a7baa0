package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.servers.StandbyPair;

/** A standby takes over. */
final class FailoverDeeds {
  private final Scene scene;

  FailoverDeeds(Scene scene) {
    this.scene = scene;
  }

  /** What needs the services to run: hot's standby keeps no copy of a slot that nobody reads. */
  void prepare(Kind kind) {
    boolean hot = kind != Kind.ARCHIVE_FAILED_OVER && kind != Kind.HOT_FAILED_OVER_NO_SLOT;
    if (hot) {
      pair().hotStandby().awaitCopied(scene.slot());
    }
  }

  /** The services stand still; they do again afterwards. */
  void apply(Kind kind) throws Exception {
    switch (kind) {
      case HOT_SWITCHED_OVER -> {
        pair().cutOffHotStandby();
        pair().failHotOver();
      }
      case HOT_FAILED_OVER -> {
        pair().cutOffHotStandby();
        failOverAfter(() -> scene.application().write(8));
      }
      case HOT_FAILED_OVER_BEHIND -> {
        pair().hotStandby().releaseFailoverSlots();
        pair().cutOffHotStandby();
        failOverAfter(this::archiveWhatIsWritten);
      }
      case HOT_FAILED_OVER_NO_SLOT -> withoutTheSlot();
      case ARCHIVE_FAILED_OVER -> {
        pair().cutOffArchiveStandby();
        archiveWhatIsWritten();
        pair().failArchiveOver();
      }
      default -> throw new IllegalArgumentException(kind + " is no failover");
    }
  }

  /** What is done between the last that the standby got and the end of its primary. */
  private interface Meanwhile {
    void run() throws Exception;
  }

  private void failOverAfter(Meanwhile meanwhile) throws Exception {
    scene.application().observe();
    Lives.Copy copy = scene.lives().copy();
    meanwhile.run();
    scene.application().observe();
    pair().failHotOver();
    scene.lives().putBack(copy);
  }

  private void archiveWhatIsWritten() throws Exception {
    scene.startServices();
    scene.application().write(8);
    scene.awaitCaughtUp();
    scene.stopServices();
  }

  private void withoutTheSlot() throws Exception {
    scene
        .installation()
        .inHot(
            "SELECT pg_drop_replication_slot('%1$s'); SELECT pg_create_logical_replication_slot('%1$s', 'pgoutput')"
                .formatted(scene.slot()));
    pair().hotStandby().awaitReplayed();
    pair().hotStandby().awaitNoCopy(scene.slot());
    pair().cutOffHotStandby();
    pair().failHotOver();
  }

  private StandbyPair pair() {
    return scene.machines().standbys();
  }
}
