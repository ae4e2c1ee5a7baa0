package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HelpTest {

  @Test
  void every_list_of_verbs_shows_the_first_sentence_of_each_whole() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());

    sentences(ArchiveMain.commandLine(nowhere, nowhere));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "status",
        "lag",
        "verify",
        "purge",
        "purge repair",
        "setup",
        "provision",
        "migrate",
        "init",
        "doctor",
        "stack up",
        "sample load",
        "sample traffic",
        "quarantine retry",
        "bench"
      })
  void the_help_of_what_may_run_long_lists_the_code_of_ctrl_c(String words) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    CommandLine command = ArchiveMain.commandLine(nowhere, nowhere);
    for (String word : words.split(" ")) {
      command = Objects.requireNonNull(command.getSubcommands().get(word), word);
    }

    String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

    assertThat(help).containsPattern("(?s)Exit codes\n.*\n *130 +[^\n]*ended by Ctrl-C");
  }

  @ParameterizedTest
  @ValueSource(strings = {"capture", "sink", "purge", "api"})
  void the_help_of_a_service_says_that_it_ends_in_order_when_told_to(String service) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());

    String help =
        Objects.requireNonNull(
                ArchiveMain.commandLine(nowhere, nowhere).getSubcommands().get(service), service)
            .getUsageMessage(CommandLine.Help.Ansi.OFF);

    assertThat(plain(help)).containsPattern("Exit codes 0 .*told to stop, and .*ended in order");
  }

  private static void sentences(CommandLine command) {
    String help = plain(command.getUsageMessage(CommandLine.Help.Ansi.OFF));
    for (CommandLine verb : command.getSubcommands().values()) {
      String[] header = verb.getCommandSpec().usageMessage().header();
      assertThat(header).as(verb.getCommandName()).hasSize(1);
      assertThat(header[0]).as(verb.getCommandName()).endsWith(".");
      assertThat(help).contains(plain(header[0]));
      sentences(verb);
    }
  }

  private static String plain(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
