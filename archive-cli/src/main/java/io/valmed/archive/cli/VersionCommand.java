package io.valmed.archive.cli;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What runs here, and which databases it goes with. */
@Command(
    name = "version",
    description = {
      "Shows version, commit and Java, and the migrations that hot and the archive must have:",
      "with newer or older ones, no service works and no verb writes."
    })
final class VersionCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> release = Release.current().toMap();
    if (json) {
      common.out().println(JsonLine.of(release));
      return ExitCode.OK;
    }
    common.out().println("archive  " + release.get("version"));
    common.out().println("commit   " + release.get("commit"));
    common
        .out()
        .println(
            "java     %s, %s, %s"
                .formatted(
                    release.get("java"), release.get("java_vendor"), release.get("java_home")));
    common
        .out()
        .println(
            "schema   hot %s, archive %s"
                .formatted(release.get("schema_hot"), release.get("schema_archive")));
    return ExitCode.OK;
  }
}
