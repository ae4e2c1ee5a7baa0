package io.valmed.archive.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * What the oracle found wrong, each as a sentence.
 *
 * @param lost committed but not where it should be, or not equal
 * @param twice there more often than it was committed, or where it should not be
 * @param disordered a row's changes in another order than they were committed
 * @param unproven purged without proof, or the journal and the witnesses differ
 */
public record Findings(
    List<String> lost, List<String> twice, List<String> disordered, List<String> unproven) {

  public Findings() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** Nothing was found. */
  public boolean none() {
    return lost.isEmpty() && twice.isEmpty() && disordered.isEmpty() && unproven.isEmpty();
  }

  /** Fails with the first findings of each kind when there are any. */
  public void assertNone() {
    assertThat(none())
        .withFailMessage(
            () ->
                first("lost", lost)
                    + first("twice", twice)
                    + first("disordered", disordered)
                    + first("unproven", unproven))
        .isTrue();
  }

  private static String first(String kind, List<String> all) {
    return kind
        + " "
        + all.size()
        + "\n  "
        + String.join("\n  ", all.stream().limit(12).toList())
        + "\n";
  }
}
