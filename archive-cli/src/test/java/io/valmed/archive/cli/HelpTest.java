package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {

  @Test
  void every_list_of_verbs_shows_the_first_sentence_of_each_whole() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());

    sentences(ArchiveMain.commandLine(nowhere, nowhere));
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
