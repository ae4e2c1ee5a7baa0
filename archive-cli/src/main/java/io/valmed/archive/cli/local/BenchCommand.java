package io.valmed.archive.cli.local;

import io.valmed.archive.cli.common.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Names the measurements, which are a program of their own: the launcher of a checkout runs it. */
@Command(name = "bench")
public final class BenchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  /** They are in its help. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() {
    throw common.wrong(
        "'%s' cannot run in an installation; run ./archive bench in a checkout"
            .formatted(String.join(" ", common.typed())));
  }
}
