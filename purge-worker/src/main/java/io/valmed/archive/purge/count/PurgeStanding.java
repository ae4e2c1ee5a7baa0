package io.valmed.archive.purge.count;

import io.valmed.archive.databases.archive.TableVerifications.Standing;
import io.valmed.archive.databases.witness.OverduePages;
import java.util.List;
import java.util.Set;

/**
 * What the archive says of the purge now.
 *
 * @param clockAhead by how many seconds its clock is ahead of this machine's
 * @param held whom open holds concern: tables, or {@code *}
 * @param overdue purged pages whose departures have not all come in time
 * @param verified how the policy's tables were last compared
 */
public record PurgeStanding(
    double clockAhead, Set<String> held, List<OverduePages> overdue, List<Standing> verified) {

  public PurgeStanding {
    held = Set.copyOf(held);
    overdue = List.copyOf(overdue);
    verified = List.copyOf(verified);
  }
}
