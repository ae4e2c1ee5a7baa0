package io.valmed.archive.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** Names the measurements, which are a program of their own: the launcher of a checkout runs it. */
@Command(
    name = "bench",
    description = "Measures the product beside what else could be used; needs the sources.")
final class BenchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Unmatched private String[] arguments = new String[0];

  @Override
  public Integer call() {
    throw common.wrong(
        "'bench %s' cannot run in an installation; run ./archive bench in a checkout"
            .formatted(String.join(" ", arguments)));
  }
}
