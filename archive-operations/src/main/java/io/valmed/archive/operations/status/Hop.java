package io.valmed.archive.operations.status;

/** A stretch of a row's way, in the order in which a row takes it. */
public enum Hop {
  /** Hot's WAL that the replication slot keeps back. */
  SLOT("slot"),
  /** From hot's WAL into Kafka. */
  CAPTURE("capture"),
  /** Kafka itself. */
  KAFKA("kafka"),
  /** From Kafka into the archive. */
  SINK("sink"),
  /** The archived copies compared with hot. */
  PROOF("proof"),
  /** Settled, cold rows that may leave hot. */
  PURGE("purge");

  private final String label;

  Hop(String label) {
    this.label = label;
  }

  /** As JSON, metrics and the page name it. */
  public String label() {
    return label;
  }
}
