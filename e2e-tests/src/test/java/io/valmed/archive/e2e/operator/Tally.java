package io.valmed.archive.e2e.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has been played, in a file to which each round is added when it has ended: the same run goes
 * on behind it. A round that was broken off is played anew.
 */
final class Tally {
  private final Path file;
  private final List<Played> all = new ArrayList<>();

  /**
   * A deed and what it came to.
   *
   * @param round the round's number
   * @param kind what was done
   * @param outcome in a word
   * @param lost images that are nowhere
   * @param gone rows filed as gone that were there
   * @param unproven rows of the journal without an equal image
   * @param untrue times that verify or doctor said what is not so
   * @param twice rows that left twice
   */
  record Played(
      int round,
      Kind kind,
      String outcome,
      int lost,
      int gone,
      int unproven,
      int untrue,
      int twice) {

    private String line() {
      return "%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d"
          .formatted(round, kind, outcome, lost, gone, unproven, untrue, twice);
    }

    private static Played of(String line) {
      String[] parts = line.split("\t", -1);
      return new Played(
          Integer.parseInt(parts[0]),
          Kind.valueOf(parts[1]),
          parts[2],
          Integer.parseInt(parts[3]),
          Integer.parseInt(parts[4]),
          Integer.parseInt(parts[5]),
          Integer.parseInt(parts[6]),
          Integer.parseInt(parts[7]));
    }
  }

  /**
   * Reads what is there.
   *
   * @param run what is played; a file of another run is refused
   */
  Tally(Path file, String run) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      Files.writeString(file, run + "\n");
    }
    List<String> lines = Files.readAllLines(file);
    if (!lines.get(0).equals(run)) {
      throw new IllegalArgumentException(file + " is of another run: " + lines.get(0));
    }
    lines.stream().skip(1).map(Played::of).forEach(all::add);
  }

  /** Numbers of rounds that need not be played again. */
  Set<Integer> rounds() {
    Set<Integer> rounds = new TreeSet<>();
    all.forEach(played -> rounds.add(played.round()));
    return rounds;
  }

  List<Played> all() {
    return List.copyOf(all);
  }

  /** The round has ended. */
  void add(List<Played> round) throws IOException {
    all.addAll(round);
    Files.write(file, round.stream().map(Played::line).toList(), StandardOpenOption.APPEND);
  }
}
