package io.valmed.archive.model.topic;

import io.valmed.archive.model.TableSchema;

/** Names of the headers on records; their values are ASCII text where nothing else is said. */
public final class RecordHeaders {
  /** The {@link TableSchema#version()} the images are written with. On all but tombstones. */
  public static final String VERSION = "arc.version";

  /** The epoch, decimal. On all but tombstones. */
  public static final String EPOCH = "arc.epoch";

  /** The policy's table that a parked record belongs to, as {@code TableId.toString()}, UTF-8. */
  public static final String TABLE = "arc.table";

  /** Why a record was parked, for people, UTF-8. */
  public static final String REASON = "arc.reason";

  private RecordHeaders() {}
}
