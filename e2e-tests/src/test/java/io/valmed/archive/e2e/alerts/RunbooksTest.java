package io.valmed.archive.e2e.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.ArchiveMain;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Each rule has its page and each page its rule; what a page tells to do can be done. */
class RunbooksTest {
  private static final String INDEX = "README";
  private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|\\S+");
  private static final Pattern UNIT = Pattern.compile("valmed-archive-(\\w+)");
  private static final Pattern COMPOSE =
      Pattern.compile("docker compose (?:ps|logs --tail=\\d+|up -d) (\\w+)");

  private static List<Runbook> pages() {
    return Runbook.all().stream().filter(page -> !page.name().equals(INDEX)).toList();
  }

  @Test
  void every_rule_has_severity_words_and_a_page_of_its_own_and_no_page_lacks_a_rule() {
    assertThat(Shipped.alerts())
        .allSatisfy(
            alert -> {
              assertThat(alert.name()).startsWith("Archive");
              assertThat(alert.severity()).isIn("critical", "warning", "info");
              assertThat(alert.annotations().keys())
                  .containsExactlyInAnyOrder("summary", "description", "runbook_url");
              assertThat(alert.annotations().get("summary").text())
                  .isNotBlank()
                  .doesNotEndWith(".");
              assertThat(alert.annotations().get("description").text()).endsWith(".");
              assertThat(alert.annotations().get("runbook_url").text())
                  .isEqualTo("docs/runbooks/" + alert.name() + ".md");
            });
    assertThat(pages())
        .extracting(Runbook::name)
        .containsExactlyInAnyOrderElementsOf(
            Shipped.alerts().stream().map(Shipped.Alert::name).toList());
  }

  @Test
  void every_page_tells_meaning_check_mend_and_whom_to_wake_and_the_rules_severity() {
    Map<String, String> severities = new java.util.HashMap<>();
    Shipped.alerts().forEach(alert -> severities.put(alert.name(), alert.severity()));

    assertThat(pages())
        .allSatisfy(
            page -> {
              assertThat(page.headings()).containsExactly("Meaning", "Check", "Mend", "Wake");
              assertThat(page.text())
                  .startsWith("# %s\n\n*%s*".formatted(page.name(), severities.get(page.name())));
            });
  }

  @Test
  void the_index_of_alerts_has_each_with_its_severity() throws Exception {
    String index = Files.readString(Shipped.ROOT.resolve("docs/alerts.md"));

    assertThat(Shipped.alerts())
        .allSatisfy(
            alert ->
                assertThat(index)
                    .contains(
                        "| [%s](runbooks/%s.md) | %s |"
                            .formatted(alert.name(), alert.name(), alert.severity())));
  }

  @Test
  void every_command_in_a_page_is_one_that_there_is() {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (Runbook page : Runbook.all()) {
      for (String command : page.commands()) {
        if (command.startsWith("./archive ") && !command.contains("…")) {
          checked++;
          String problem = problem(command.substring("./archive ".length()));
          if (!problem.isEmpty()) {
            wrong.add(page.name() + ": " + command + ": " + problem);
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(80);
  }

  @Test
  void commands_that_there_are_not_are_found() {
    assertThat(problem("purge halt")).contains("halt");
    assertThat(problem("purge pause --why x")).contains("--why");
    assertThat(problem("doctor --json extra")).contains("extra");
    assertThat(problem("status --all")).isNotEmpty();
    assertThat(problem("purge pause --reason \"two words\" --table public.orders")).isEmpty();
  }

  /** What is wrong with the words behind {@code ./archive}; empty: nothing. */
  private static String problem(String words) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandLine at = ArchiveMain.commandLine(nowhere, nowhere);
    List<String> all = WORD.matcher(words).results().map(found -> found.group()).toList();
    for (int i = 0; i < all.size(); i++) {
      String word = all.get(i);
      CommandLine below = at.getSubcommands().get(word);
      if (word.startsWith("-")) {
        OptionSpec option = at.getCommandSpec().optionsMap().get(word.replaceAll("=.*", ""));
        if (option == null) {
          return word + " is no option of " + at.getCommandName();
        }
        i += option.arity().min() > 0 && !word.contains("=") ? 1 : 0;
      } else if (below != null) {
        at = below;
      } else if (at.getCommandSpec().positionalParameters().isEmpty()) {
        return word + " is no verb of " + at.getCommandName();
      }
    }
    return "";
  }

  @Test
  void units_and_containers_that_pages_name_exist() {
    Set<String> containers =
        Document.read(Shipped.ROOT.resolve("docker-compose.yml")).get("services").keys();
    for (Runbook page : Runbook.all()) {
      for (String command : page.commands()) {
        Matcher unit = UNIT.matcher(command);
        while (unit.find()) {
          assertThat(Shipped.ROOT.resolve("deploy/systemd").resolve(unit.group() + ".service"))
              .as(page.name())
              .exists();
        }
        Matcher container = COMPOSE.matcher(command);
        while (container.find()) {
          assertThat(container.group(1)).as(page.name()).matches(name -> containers.contains(name));
        }
      }
    }
  }

  @Test
  void pages_lead_to_pages_that_exist() {
    Pattern link = Pattern.compile("]\\(([^)#]+)\\)");
    for (Runbook page : Runbook.all()) {
      Matcher to = link.matcher(page.text());
      while (to.find()) {
        assertThat(Shipped.RUNBOOKS.resolve(to.group(1)).normalize()).as(page.name()).exists();
      }
    }
  }
}
