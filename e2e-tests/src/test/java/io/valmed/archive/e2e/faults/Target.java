package io.valmed.archive.e2e.faults;

import java.util.List;
import java.util.stream.Stream;

/** What deeds are done to: services, servers, and the connections between them. */
enum Target {
  CAPTURE(Sort.SERVICE, "capture"),
  SINK(Sort.SERVICE, "sink"),
  PURGE(Sort.SERVICE, "purge"),
  HOT(Sort.SERVER, "hot PostgreSQL"),
  ARCHIVE(Sort.SERVER, "archive PostgreSQL"),
  KAFKA(Sort.SERVER, "Kafka"),
  HOT_CAPTURE(Sort.LINK, "hot <-> capture"),
  CAPTURE_KAFKA(Sort.LINK, "capture <-> Kafka"),
  KAFKA_SINK(Sort.LINK, "Kafka <-> sink"),
  SINK_ARCHIVE(Sort.LINK, "sink <-> archive"),
  PURGE_HOT(Sort.LINK, "purge <-> hot"),
  PURGE_ARCHIVE(Sort.LINK, "purge <-> archive");

  /** What a target is. */
  enum Sort {
    SERVICE,
    SERVER,
    LINK
  }

  private final Sort sort;
  private final String words;

  Target(Sort sort, String words) {
    this.sort = sort;
    this.words = words;
  }

  String words() {
    return words;
  }

  static List<Target> links() {
    return Stream.of(values()).filter(target -> target.sort == Sort.LINK).toList();
  }

  /** What can be done to it, disks apart. */
  List<Deed> deeds() {
    return switch (sort) {
      case SERVICE -> List.of(Deed.KILL, Deed.FREEZE);
      case SERVER ->
          this == KAFKA
              ? List.of(Deed.KILL, Deed.FREEZE)
              : List.of(Deed.KILL, Deed.FREEZE, Deed.STOP_AT_ONCE);
      case LINK -> List.of(Deed.CUT, Deed.DELAY, Deed.BLACK_HOLE, Deed.LOSE_ANSWERS);
    };
  }
}
