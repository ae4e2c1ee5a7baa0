package io.valmed.archive.model;

/** Names of the headers on records of a table's topic; their values are ASCII text. */
public final class RecordHeaders {
  /** The {@link TableSchema#version()} the images are written with. On all but tombstones. */
  public static final String VERSION = "arc.version";

  /** The epoch, decimal. On all but tombstones. */
  public static final String EPOCH = "arc.epoch";

  private RecordHeaders() {}
}
