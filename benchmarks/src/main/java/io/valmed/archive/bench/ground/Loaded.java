package io.valmed.archive.bench.ground;

import java.util.List;
import java.util.UUID;

/**
 * What was committed in hot.
 *
 * @param orders how many
 * @param administrations how many
 * @param firstCommit when the first transaction was committed, {@link Moment}
 * @param lastCommit when the last one was
 * @param beforeLast a position in the WAL that only the last transaction's commit is behind, as
 *     text
 * @param lastOrders the orders of the last transaction
 * @param lastAdministrations its administrations
 */
public record Loaded(
    long orders,
    long administrations,
    long firstCommit,
    long lastCommit,
    String beforeLast,
    List<UUID> lastOrders,
    List<UUID> lastAdministrations) {

  public Loaded {
    lastOrders = List.copyOf(lastOrders);
    lastAdministrations = List.copyOf(lastAdministrations);
  }

  public long rows() {
    return orders + administrations;
  }

  /** Both loads as one, this one first. */
  public Loaded and(Loaded next) {
    return new Loaded(
        orders + next.orders,
        administrations + next.administrations,
        firstCommit,
        next.lastCommit,
        next.beforeLast,
        next.lastOrders,
        next.lastAdministrations);
  }
}
