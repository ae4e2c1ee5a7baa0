package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The list of the classes that starts load is of the libraries that there are. */
final class RehearsalTest {
  /** Other JDKs lack some of the classes of the one that the list was written with. */
  private static final int FEW = 200;

  @Test
  void the_classes_that_are_rehearsed_are_there() throws Exception {
    long missing = Rehearsal.loadAll();

    assertThat(missing)
        .as("names in classes-of-starts.txt without a class: run benchmarks/record-starts.sh")
        .isLessThan(FEW);
  }
}
