package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableId;

/**
 * Whose rows a sink may touch.
 *
 * @param prefix the installation
 * @param slot its slot, which is the key of its row in the one table that all installations share
 */
public record Owner(String prefix, String slot) {
  private static final TableId HEARTBEAT = new TableId("arc", "heartbeat");

  /** A condition on a mirror's rows, behind others: hot's heartbeat has a row for each slot. */
  public String own(TableId table) {
    return table.equals(HEARTBEAT) ? " AND m.slot = '" + slot + "'" : "";
  }
}
