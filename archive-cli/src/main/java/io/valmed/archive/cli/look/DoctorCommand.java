package io.valmed.archive.cli.look;

import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.start.InstallationGuard;
import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.operations.doctor.Doctor;
import io.valmed.archive.operations.doctor.Finding;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything before, or after, something does not work. */
@Command(
    name = "doctor",
    description = {
      "Checks the settings, every login, the policy against the live hot database, migrations,",
      "the archive's durability and the brokers. Changes nothing."
    },
    exitCodeList = {"0:all is well", "1:something is not", ExitCode.INTERRUPTED_LINE})
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Option(names = "--json", description = "Answer with one JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    Settings read = settings.read();
    List<Finding> findings = new Doctor(read, DoctorCommand::compareTopics).examine();
    if (json) {
      common.out().println(JsonLine.of(findings.stream().map(Finding::toMap).toList()));
    } else {
      common.out().println(Finding.ok("settings", settings.file() + " is right"));
      findings.forEach(common.out()::println);
    }
    boolean well = findings.stream().noneMatch(f -> f.grade() == Finding.Grade.WRONG);
    return well ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }

  private static void compareTopics(Settings settings) throws SQLException {
    InstallationGuard.ask(settings).compare(new KafkaHistory(settings).read(), false);
  }
}
