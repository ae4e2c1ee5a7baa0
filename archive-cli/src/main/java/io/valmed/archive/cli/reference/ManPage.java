package io.valmed.archive.cli.reference;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** One page of roff about the command and all its verbs. */
final class ManPage {
  private final CommandSpec root;
  private final StringBuilder page = new StringBuilder();

  ManPage(CommandSpec root) {
    this.root = root;
  }

  String text() {
    line(".TH ARCHIVE 1 \"\" \"" + root.version()[0] + "\" \"User Commands\"");
    section("NAME");
    line("archive \\- keeps a hot PostgreSQL small without ever losing a record");
    section("SYNOPSIS");
    line(".B archive");
    line("[\\fIOPTION\\fR] \\fIVERB\\fR [\\fIARGUMENT\\fR]...");
    section("DESCRIPTION");
    prose(root.usageMessage().description());
    options(root);
    section("VERBS");
    root.subcommands().values().forEach(verb -> verb(verb.getCommandSpec(), ""));
    section("EXIT STATUS");
    for (Map.Entry<String, String> code : root.usageMessage().exitCodeList().entrySet()) {
      tagged(escape(code.getKey()), code.getValue());
    }
    section("ENVIRONMENT");
    tagged("JAVA_HOME", "A Java 17 or newer; without it the first that is found.");
    tagged("ARCHIVE_HEAP", "Heap of capture, sink, purge, verify; 1g.");
    tagged("ARCHIVE_JAVA_OPTS", "Further options of the JVM.");
    tagged(
        "ARCHIVE_\\fIKEY\\fR",
        "Overrides a key of the settings: ARCHIVE_KAFKA_BOOTSTRAP_SERVERS for kafka.bootstrap-servers.");
    section("FILES");
    tagged("archive.yaml", "The settings, in the working directory or where --config says.");
    return page.toString();
  }

  private void verb(CommandSpec verb, String parent) {
    String name = parent + verb.name();
    line(".SS \"archive " + escape(name) + "\"");
    line(".B " + escape(synopsis(verb)));
    line(".PP");
    prose(verb.usageMessage().description());
    options(verb);
    verb.usageMessage()
        .exitCodeList()
        .forEach((code, text) -> tagged("exit code " + escape(code), text));
    for (CommandLine sub : verb.subcommands().values()) {
      verb(sub.getCommandSpec(), name + " ");
    }
  }

  private static String synopsis(CommandSpec verb) {
    Help help = new Help(verb, Help.defaultColorScheme(Help.Ansi.OFF));
    return help.synopsis(0).strip().replaceAll("\\s+", " ");
  }

  private void options(CommandSpec verb) {
    for (PositionalParamSpec argument : verb.positionalParameters()) {
      if (!argument.hidden()) {
        tagged(escape(argument.paramLabel()), joined(argument.description()));
      }
    }
    for (OptionSpec option : verb.options()) {
      if (!option.hidden()) {
        String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        tagged(
            escape(String.join(", ", option.names()) + label),
            joined(option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue())));
      }
    }
  }

  private void section(String title) {
    line(".SH " + title);
  }

  private void tagged(String tag, String text) {
    line(".TP");
    line("\\fB" + tag + "\\fR");
    line(escape(text));
  }

  private void prose(String[] lines) {
    line(escape(joined(lines)));
  }

  private static String joined(String[] lines) {
    return String.join(" ", lines);
  }

  /** Roff's own characters: a backslash, a hyphen of an option, a dot that begins a line. */
  private static String escape(String text) {
    String safe = text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%");
    return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
  }

  private void line(String text) {
    page.append(text).append('\n');
  }
}
