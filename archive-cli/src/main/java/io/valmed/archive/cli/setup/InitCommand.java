package io.valmed.archive.cli.setup;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.operations.doctor.Finding;
import io.valmed.archive.operations.init.AccessCheck;
import io.valmed.archive.operations.init.Answers;
import io.valmed.archive.operations.init.InitialFiles;
import io.valmed.archive.runtime.settings.SettingsReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From nothing to settings, in two steps with a superuser's statements between them. */
@Command(
    name = "init",
    description = {
      "Makes password files and the few statements that a superuser of each server must run; then,",
      "with --check, looks whether they were run, and writes archive.yaml with a policy proposed",
      "from hot's tables. The policy is a draft: nothing is purged before a person agrees to it."
    },
    exitCodeList = {"0:done", "1:--check: something is missing yet", ExitCode.INTERRUPTED_LINE})
public final class InitCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private TrustOptions servers = new TrustOptions();

  private final BufferedReader answers =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  @Option(
      names = "--hot",
      paramLabel = "HOST/DATABASE",
      description = "The database that is to stay small. What is not given is asked for.")
  private @Nullable String hot;

  @Option(
      names = "--archive",
      paramLabel = "HOST/DATABASE",
      description = "A database of its own on another server; made if it is not there.")
  private @Nullable String archive;

  @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Brokers, with commas.")
  private @Nullable String kafka;

  @Option(
      names = "--dir",
      paramLabel = "D",
      defaultValue = ".",
      description = "Where archive.yaml, secrets/ and init/ are made (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(".");

  @Option(
      names = "--check",
      description = "Look whether superusers have done their part, then propose the policy.")
  private boolean check;

  @Override
  public Integer call() throws IOException, SQLException {
    InitialFiles files = new InitialFiles(directory.normalize());
    return check ? check(files) : begin(files);
  }

  private int begin(InitialFiles files) throws IOException {
    Answers answers;
    try {
      answers =
          new Answers(
              asked("--hot", "Hot database (host:port/database)", hot),
              asked("--archive", "Archive database (host:port/database)", archive),
              asked("--kafka", "Kafka brokers (host:port)", kafka),
              servers.trust());
    } catch (IllegalArgumentException e) {
      throw common.wrong("--" + e.getMessage());
    }
    files.write(answers);
    common.out().println("-- " + files.hotStatements());
    common.out().println(Files.readString(files.hotStatements()));
    common.out().println("-- " + files.archiveStatements());
    common.out().println(Files.readString(files.archiveStatements()));
    common
        .err()
        .println(
            "Passwords are in "
                + files.secrets()
                + ". Let a superuser of each server run these files (psql -f), then: ./archive init --check"
                + files.option());
    return ExitCode.OK;
  }

  private int check(InitialFiles files) throws IOException, SQLException {
    AccessCheck access = new AccessCheck(files, files.answers());
    List<AccessCheck.Result> results = access.look();
    for (AccessCheck.Result result : results) {
      common
          .out()
          .println(
              result.ready()
                  ? Finding.ok(result.about(), result.sentence())
                  : Finding.wrong(result.about(), result.sentence()));
    }
    if (results.stream().anyMatch(result -> !result.ready())) {
      return ExitCode.CHECK_FAILED;
    }
    String proposed = access.propose();
    SettingsReader.read(files.settings(), Map.of());
    common
        .out()
        .println(
            proposed.isEmpty()
                ? Finding.ok("settings", files.settings() + " was there already and stays")
                : Finding.ok(
                    "settings",
                    files.settings()
                        + " is written, its policy a draft: "
                        + proposed
                        + "; look at it before you go on"));
    return ExitCode.OK;
  }

  /** From a terminal, or a script that writes the answers one a line. */
  private String asked(String option, String question, @Nullable String given) throws IOException {
    if (given != null) {
      return given;
    }
    common.err().print(question + ": ");
    common.err().flush();
    String answer = answers.readLine();
    if (answer == null || answer.isBlank()) {
      throw common.wrong(option + " is missing");
    }
    return answer.strip();
  }
}
