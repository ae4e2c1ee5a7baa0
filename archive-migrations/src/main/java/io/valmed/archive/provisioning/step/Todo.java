package io.valmed.archive.provisioning.step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be done now.
 *
 * @param removals tables that go out of the publication
 * @param obsolete recorded steps that the settings no longer ask for
 * @param missing steps that the database lacks
 */
public record Todo(
    List<Step> removals, List<ProvisionedRecords.Line> obsolete, List<Step> missing) {

  /** In the order in which people are told of it. */
  List<PlannedStep> planned() {
    return told(new HashMap<>());
  }

  /**
   * The same after it was done.
   *
   * @param restored what became of obsolete steps, where it is not what was planned
   */
  List<PlannedStep> told(Map<ProvisionedRecords.Line, PlannedStep> restored) {
    List<PlannedStep> all = new ArrayList<>();
    removals.forEach(step -> all.add(step.planned()));
    obsolete.forEach(line -> all.add(restored.getOrDefault(line, line.planned())));
    missing.forEach(step -> all.add(step.planned()));
    return List.copyOf(all);
  }

  /** What no transaction block allows, and is done before the transaction. */
  List<Step> indexes() {
    return missing.stream().filter(step -> !step.kind().transactional()).toList();
  }

  /** What the one transaction does, in its order: what locks tables comes last. */
  List<Step> inTransaction() {
    List<Step> steps = new ArrayList<>(removals);
    missing.stream()
        .filter(step -> step.kind().transactional() && !locks(step))
        .forEach(steps::add);
    missing.stream().filter(Todo::locks).forEach(steps::add);
    return steps;
  }

  /** Lines that are taken back within the transaction, or behind it. */
  List<ProvisionedRecords.Line> obsolete(boolean indexes) {
    return obsolete.stream()
        .filter(line -> line.kind().equals(StepKind.INDEX.word()) == indexes)
        .toList();
  }

  /** Whether the application waits while the step's transaction lasts. */
  static boolean locks(Step step) {
    return step.kind() == StepKind.REPLICA_IDENTITY;
  }
}
