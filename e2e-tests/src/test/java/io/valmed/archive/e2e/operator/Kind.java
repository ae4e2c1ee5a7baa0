package io.valmed.archive.e2e.operator;

import java.util.List;
import java.util.stream.Stream;

/** What people and other machines do. */
enum Kind {
  NOTHING("nothing: services stopped and started"),
  SLOT_DROPPED("slot dropped"),
  SLOT_ADVANCED("slot advanced"),
  NEW_EPOCH("a new epoch, unasked"),
  PROVISIONED_AGAIN("provision hot, again"),
  HELD_AND_RESUMED("purging held and resumed"),
  COLUMN_ADDED("column added"),
  COLUMN_ADDED_WITH_DEFAULT("column added with a default"),
  COLUMN_DROPPED("column dropped, then rows leave"),
  TYPE_WIDENED("type widened"),
  COLUMN_RENAMED("column renamed"),
  REWRITTEN("rewritten with USING", "failed when it was played, and was not played since"),
  GENERATED("generated column added"),
  LABEL_RENAMED("enum label renamed"),
  TRUNCATED("TRUNCATE"),
  IDENTITY_LOST("REPLICA IDENTITY lost and restored"),
  KEY_DEFERRABLE("key made deferrable"),
  RECREATED("table recreated under its name"),
  ROW_SECURITY("row security switched on, new epoch"),
  PUBLICATION_REMADE("publication dropped and made anew"),
  TABLE_OUT_AND_IN("table out of the publication and in"),
  SECOND_PREFIX("a second prefix on the same slot"),
  HOT_PUT_BACK("hot put back"),
  ARCHIVE_PUT_BACK("archive put back"),
  KAFKA_PUT_BACK("Kafka put back"),
  PARTITION_PUT_BACK("one topic's partition put back"),
  OFFSETS_PUT_BACK("offsets topic alone put back");

  private final String words;
  private final String knownGap;

  Kind(String words) {
    this(words, "");
  }

  Kind(String words, String knownGap) {
    this.words = words;
    this.knownGap = knownGap;
  }

  /**
   * What the product is not known to hold against: told in docs/reliability.md, played only when
   * asked for by name.
   */
  String knownGap() {
    return knownGap;
  }

  /** The kinds that a run draws from. */
  static List<Kind> played() {
    return Stream.of(values()).filter(kind -> kind.knownGap.isEmpty()).toList();
  }

  String words() {
    return words;
  }
}
