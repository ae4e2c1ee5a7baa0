package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.operator.StoreCopies.Store;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What people and other machines do. */
enum Kind {
  NOTHING("nothing: services stopped and started"),
  SLOT_DROPPED("slot dropped", Trait.LOSES_CHANGES),
  SLOT_ADVANCED("slot advanced", Trait.LOSES_CHANGES),
  SLOT_INVALIDATED("slot invalidated, its WAL removed", Trait.LOSES_CHANGES),
  NEW_EPOCH("a new epoch, unasked"),
  PROVISIONED_AGAIN("provision hot, again"),
  HELD_AND_RESUMED("purging held and resumed"),
  COLUMN_ADDED("column added"),
  COLUMN_ADDED_WITH_DEFAULT("column added with a default"),
  COLUMN_DROPPED("column dropped, then rows leave"),
  TYPE_WIDENED("type widened"),
  TYPE_NARROWED("type narrowed"),
  COLUMN_RENAMED("column renamed"),
  REWRITTEN("rewritten with USING"),
  GENERATED("generated column added"),
  LABEL_RENAMED("enum label renamed"),
  TRUNCATED("TRUNCATE"),
  IDENTITY_LOST("REPLICA IDENTITY lost and restored", Trait.LOSES_CHANGES),
  KEY_DEFERRABLE("key made deferrable", Trait.LOSES_CHANGES),
  RECREATED("table recreated under its name", Trait.LOSES_CHANGES),
  ROW_SECURITY("row security switched on, new epoch"),
  PUBLICATION_REMADE("publication dropped and made anew", Trait.LOSES_CHANGES),
  TABLE_OUT_AND_IN("table out of the publication and in", Trait.LOSES_CHANGES),
  TABLE_OUT_AND_IN_RUNNING(
      "the same while all runs and rows are written", Trait.LOSES_CHANGES, Trait.WHILE_RUNNING),
  SECOND_PREFIX("a second prefix on the same slot"),
  HOT_KILLED("hot killed with -9 and started", Trait.WHILE_RUNNING),
  ARCHIVE_KILLED("the archive killed with -9 and started", Trait.WHILE_RUNNING),
  KAFKA_KILLED("Kafka killed with -9 and started", Trait.WHILE_RUNNING),
  HOT_PUT_BACK("hot put back", Store.HOT),
  ARCHIVE_PUT_BACK("archive put back", Store.ARCHIVE),
  KAFKA_PUT_BACK("Kafka put back", Store.KAFKA),
  PARTITION_PUT_BACK("one topic's partition put back", Store.KAFKA),
  OFFSETS_PUT_BACK("offsets topic alone put back", Store.KAFKA),
  HOT_SWITCHED_OVER("hot's standby takes over with everything", Trait.STANDBY),
  HOT_FAILED_OVER(
      "hot's standby takes over, the last commits are lost", Trait.STANDBY, Trait.LOSES_CHANGES),
  HOT_FAILED_OVER_BEHIND(
      "the same, and Kafka has what hot lost", Trait.STANDBY, Trait.LOSES_CHANGES),
  HOT_FAILED_OVER_NO_SLOT(
      "hot's standby takes over without the slot", Trait.STANDBY, Trait.LOSES_CHANGES),
  ARCHIVE_FAILED_OVER("the archive's standby takes over, behind", Trait.STANDBY),
  CHAIN_REWRITTEN("rewritten while its rows refer to one another", Trait.HOSTILE),
  CASCADE_TRUNCATED("TRUNCATE of a parent, CASCADE", Trait.HOSTILE),
  REFERENCE_UNINDEXED("referred to ON DELETE RESTRICT, without an index", Trait.HOSTILE),
  KEY_CITEXT("key made citext", Trait.HOSTILE, Trait.LOSES_CHANGES);

  /** What must be known of a kind before it is played. */
  private enum Trait {
    /** Changes that were committed may stand in no WAL that could be read. */
    LOSES_CHANGES,
    /** The services run on while it is done. */
    WHILE_RUNNING,
    /** Of tables that {@link HostileWorld} has alone. */
    HOSTILE,
    /** Needs servers with standbys; once a round, at its beginning. */
    STANDBY
  }

  private final String words;
  private final boolean losesChanges;
  private final boolean whileRunning;
  private final boolean needsStandby;
  private final boolean hostile;
  private final @Nullable Store store;

  Kind(String words, Trait... traits) {
    List<Trait> all = List.of(traits);
    this.words = words;
    this.losesChanges = all.contains(Trait.LOSES_CHANGES);
    this.whileRunning = all.contains(Trait.WHILE_RUNNING);
    this.needsStandby = all.contains(Trait.STANDBY);
    this.hostile = all.contains(Trait.HOSTILE);
    this.store = null;
  }

  Kind(String words, Store store) {
    this.words = words;
    this.losesChanges = store != Store.ARCHIVE;
    this.whileRunning = false;
    this.needsStandby = false;
    this.hostile = false;
    this.store = store;
  }

  /** The kinds that a run draws from. */
  static List<Kind> played() {
    return Stream.of(values()).filter(kind -> !kind.hostile).toList();
  }

  /** DDL of every kind, and servers that are killed; nothing goes back to an older state. */
  static List<Kind> hostile() {
    return Stream.of(values())
        .filter(
            kind ->
                kind.isDdl()
                    || Set.of(NOTHING, HOT_KILLED, ARCHIVE_KILLED, KAFKA_KILLED).contains(kind))
        .toList();
  }

  /** Whether it changes a captured table by DDL. */
  boolean isDdl() {
    return hostile || (compareTo(COLUMN_ADDED) >= 0 && compareTo(ROW_SECURITY) <= 0);
  }

  boolean losesChanges() {
    return losesChanges;
  }

  /** Whether the slot still has what was written before it was done, though changes are lost. */
  boolean keepsSlot() {
    return store == Store.KAFKA
        || Set.of(PUBLICATION_REMADE, TABLE_OUT_AND_IN, TABLE_OUT_AND_IN_RUNNING).contains(this);
  }

  boolean whileRunning() {
    return whileRunning;
  }

  boolean needsStandby() {
    return needsStandby;
  }

  /** What it puts back to an older state. */
  @Nullable Store store() {
    return store;
  }

  String words() {
    return words;
  }
}
