package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of the classes that starts load is of the libraries that there are. */
final class RehearsalTest {
  private static final int FEW = 100;

  /** Another JDK than the one that the list was written with lacks some of its classes. */
  private static final Pattern OF_THE_JDK = Pattern.compile("(java|javax|jdk|sun|com\\.sun)\\..*");

  @Test
  void the_classes_that_are_rehearsed_are_there() throws Exception {
    List<String> missing = Rehearsal.loadAll();

    assertThat(missing.stream().filter(OF_THE_JDK.asMatchPredicate().negate()))
        .as("names in classes-of-starts.txt without a class: run benchmarks/record-starts.sh")
        .hasSizeLessThan(FEW);
  }
}
