package io.valmed.archive.purge.count;

import java.util.Set;

/**
 * What hot says of the purge now.
 *
 * @param clockAhead by how many seconds its clock is ahead of this machine's
 * @param held whom open holds concern: tables, or {@code *}
 */
public record HotStanding(double clockAhead, Set<String> held) {

  public HotStanding {
    held = Set.copyOf(held);
  }
}
