package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.support.Findings;
import java.time.Duration;
import java.util.Map;

/**
 * What a run has shown.
 *
 * @param survived faults of each kind
 * @param changes changes that the application committed
 * @param purged rows that the journal says were purged, each with its witness
 */
record FaultTable(
    long seed,
    Map<Fault, Integer> survived,
    int changes,
    long purged,
    Findings findings,
    int ownEnds,
    Duration took) {

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("fault                                       survived\n");
    for (Target target : Target.values()) {
      for (Deed deed : Deed.values()) {
        Integer times = survived.get(new Fault(deed, target));
        if (times != null) {
          text.append("%-20s %-20s %10d%n".formatted(target.words(), deed.words(), times));
        }
      }
    }
    return text
        + "%-41s %10d%n".formatted("all", survived.values().stream().mapToInt(i -> i).sum())
        + "changes carried %,d; rows purged and witnessed %,d%n".formatted(changes, purged)
        + "lost %d, twice %d, out of order %d, unproven %d, services that ended by themselves %d%n"
            .formatted(
                findings.lost().size(),
                findings.twice().size(),
                findings.disordered().size(),
                findings.unproven().size(),
                ownEnds)
        + "seed %d, %d min %d s%n".formatted(seed, took.toMinutes(), took.toSecondsPart());
  }
}
