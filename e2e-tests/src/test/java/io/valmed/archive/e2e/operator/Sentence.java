package io.valmed.archive.e2e.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands that a sentence of the product tells, in their order. */
final class Sentence {
  private static final Pattern QUOTED = Pattern.compile("'(?:\\./)?archive ([^']+)'");
  private static final Set<String> VERBS =
      Set.of(
          "capture",
          "sink",
          "purge",
          "verify",
          "migrate",
          "provision",
          "quarantine",
          "doctor",
          "alarms",
          "epoch");

  private Sentence() {}

  /** Each command as its words, without the program's name. */
  static List<List<String>> commands(String sentence) {
    List<List<String>> commands = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(sentence);
    while (matcher.find()) {
      List<String> words = new ArrayList<>(List.of(matcher.group(1).strip().split("\\s+")));
      words.replaceAll(word -> word.equals("…") ? "as told" : word);
      if (VERBS.contains(words.get(0))) {
        commands.add(List.copyOf(words));
      }
    }
    return commands;
  }
}
