package io.valmed.archive.e2e.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page for whoever was woken. */
record Runbook(String name, String text) {
  private static final Pattern BLOCKS = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");

  /** SQL that is to be looked with, and in which database. */
  record Look(String database, String sql) {}

  static List<Runbook> all() {
    return Document.files(Shipped.RUNBOOKS, ".md").stream().map(Runbook::read).toList();
  }

  private static Runbook read(Path file) {
    try {
      String name = Optional.ofNullable(file.getFileName()).orElseThrow().toString();
      return new Runbook(name.replace(".md", ""), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> headings() {
    return text.lines().filter(line -> line.startsWith("## ")).map(l -> l.substring(3)).toList();
  }

  /** Each command line of the page, without its remark. */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    Matcher block = BLOCKS.matcher(text);
    while (block.find()) {
      if (block.group(1).isEmpty()) {
        block.group(2).lines().map(line -> line.replaceAll("\\s+# .*", "")).forEach(commands::add);
        for (String remark : block.group(2).split("\n", -1)) {
          Matcher other = Pattern.compile("# or: (.*)").matcher(remark);
          if (other.find()) {
            commands.add(other.group(1));
          }
        }
      }
    }
    Matcher inline = INLINE.matcher(BLOCKS.matcher(text).replaceAll(""));
    while (inline.find()) {
      commands.add(inline.group(1).replaceAll("\\s+", " "));
    }
    return commands;
  }

  List<Look> looks() {
    List<Look> looks = new ArrayList<>();
    Matcher block = BLOCKS.matcher(text);
    while (block.find()) {
      if (block.group(1).equals("sql")) {
        String[] parts = block.group(2).split("\n", 2);
        looks.add(new Look(parts[0].replace("-- ", ""), parts[1].strip().replaceAll(";$", "")));
      }
    }
    return looks;
  }
}
