package io.valmed.archive.model.policy;

import io.valmed.archive.model.TableId;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Which tables are archived and when their rows may leave hot.
 *
 * @param roots the aggregates, in the order of the policy file
 * @param reference the tables that are archived and never purged
 * @param ageZone the zone in which ages without a time zone are read
 * @param draft whether a person has still to look at it: its tables are archived, nothing is purged
 */
public record Policy(
    List<RootTable> roots, List<ReferenceTable> reference, ZoneId ageZone, boolean draft) {

  /** A policy that a person stands for. */
  public Policy(List<RootTable> roots, List<ReferenceTable> reference, ZoneId ageZone) {
    this(roots, reference, ageZone, false);
  }

  public Policy {
    roots = List.copyOf(roots);
    reference = List.copyOf(reference);
    Objects.requireNonNull(ageZone, "ageZone");
    Set<TableId> seen = new HashSet<>();
    for (PolicyTable table : flatten(roots, reference)) {
      if (!seen.add(table.table())) {
        throw new IllegalArgumentException("table " + table.table() + " stands twice in policy");
      }
    }
  }

  /** Every table of the policy: roots each followed by their children, then reference tables. */
  public List<PolicyTable> tables() {
    return flatten(roots, reference);
  }

  /** The policy's entry for the table, if it has one. */
  public Optional<PolicyTable> find(TableId table) {
    return tables().stream().filter(t -> t.table().equals(table)).findFirst();
  }

  /**
   * Eight hexadecimal digits that differ, but for one case in four billion, when anything of the
   * policy differs. Within one release: for services and verbs that run at the same time.
   */
  public String fingerprint() {
    CRC32 sum = new CRC32();
    sum.update(toString().getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(sum.getValue());
  }

  private static List<PolicyTable> flatten(List<RootTable> roots, List<ReferenceTable> reference) {
    List<PolicyTable> all = new ArrayList<>();
    for (RootTable root : roots) {
      all.add(
          new PolicyTable(
              root.table(), TableRole.ROOT, root.age(), List.of(), root.plainNumbers()));
      addChildren(root.children(), all);
    }
    for (ReferenceTable table : reference) {
      all.add(new PolicyTable(table.table(), TableRole.REFERENCE, null, table.exclude()));
    }
    return List.copyOf(all);
  }

  private static void addChildren(List<ChildTable> children, List<PolicyTable> all) {
    for (ChildTable child : children) {
      all.add(
          new PolicyTable(
              child.table(), TableRole.CHILD, child.age(), List.of(), child.plainNumbers()));
      addChildren(child.children(), all);
    }
  }
}
