package io.valmed.archive.e2e.operator;

import java.nio.file.Path;
import java.util.List;

/** How the product's verbs are run. */
interface Programs {

  /** Starts a service: {@code capture}, {@code sink} or {@code purge}, with its options. */
  Running start(Path settings, List<String> words);

  /** Runs any other verb to its end. */
  Told run(Path settings, List<String> words);

  /**
   * What a verb told.
   *
   * @param code its exit code
   * @param output what it wrote
   */
  record Told(int code, String output) {}

  /** As {@link #run}; expects success. */
  default void succeed(Path settings, String... words) {
    Told told = run(settings, List.of(words));
    if (told.code() != 0) {
      throw new AssertionError(String.join(" ", words) + ":\n" + told.output());
    }
  }
}
