package io.valmed.archive.cli.local;

import io.valmed.archive.cli.common.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What the measurements take. They are a module of their own, which need not be built to read this.
 */
@Command(
    description = {
      "Measures the product beside what a user would pick instead, on servers of its own: the same",
      "rows, the same servers, in turn, several rounds. Needs a checkout; peers are resolved with",
      "Maven at first use."
    },
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:all was measured",
      "2:the arguments are wrong; nothing was done",
      "70:something could not be measured; the message says what",
      ExitCode.INTERRUPTED_LINE
    },
    footer = {"", "Try it:  archive bench sink purge --rows 40000 --rounds 1"})
public final class BenchOptions {
  @Parameters(
      arity = "0..*",
      paramLabel = "WORK",
      description = {
        "capture, sink, pipeline, purge, or all of these four (the default);",
        "growth: rates as the archive grows; startup: time to ready; wide: rows of 1 MB."
      })
  private List<String> works = List.of();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "400000",
      description = {
        "Orders and administrations of each load (default: ${DEFAULT-VALUE}); growth: of each step."
      })
  private long rows;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "400000",
      description = {
        "Rows that every contestant carries before its clock runs; 0: the JVMs start cold",
        "(default: ${DEFAULT-VALUE})."
      })
  private long warm;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "3",
      description = "How often each contestant runs (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--to",
      paramLabel = "N",
      defaultValue = "10000000",
      description = "growth: how many rows the archive grows to (default: ${DEFAULT-VALUE}).")
  private long to;

  @Option(names = "--plot", paramLabel = "FILE", description = "growth: write the curve as SVG.")
  private @Nullable Path plot;

  @Option(
      names = "--no-peers",
      description = "Leave out Kafka Connect and Debezium's engine, which Maven must resolve.")
  private boolean noPeers;

  @Option(
      names = "--profile",
      paramLabel = "DIR",
      description = "Leave a flight recording of each of the product's processes there.")
  private @Nullable Path profile;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  /** What is to be measured, as typed; empty: all. */
  public List<String> works() {
    return works;
  }

  /** Rows of each load. */
  public long rows() {
    return rows;
  }

  /** Rows that every contestant carries before its clock runs. */
  public long warm() {
    return warm;
  }

  /** How often each contestant runs. */
  public int rounds() {
    return rounds;
  }

  /** Rows that the archive of {@code growth} grows to. */
  public long to() {
    return to;
  }

  /** Where the curve of {@code growth} is written; null: nowhere. */
  public @Nullable Path plot() {
    return plot;
  }

  /** Whether what Maven must resolve is left out. */
  public boolean noPeers() {
    return noPeers;
  }

  /** Where flight recordings are left; null: none are made. */
  public @Nullable Path profile() {
    return profile;
  }

  /** Whether the answer is one JSON object. */
  public boolean json() {
    return json;
  }
}
