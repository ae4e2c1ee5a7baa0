package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReliabilityPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/reliability.md");
  private static final Path PROTOCOL = ROOT.resolve("docs/protocol.md");
  private static final Pattern NAMED = Pattern.compile("`([a-z0-9-]+)/(\\w+Test)#(\\w+)`");
  private static final int TRAPS = 36;

  @Test
  void every_test_that_the_page_names_exists() throws IOException {
    assertThat(testsOf(PAGE)).isGreaterThan(TRAPS);
  }

  @Test
  void every_line_of_the_protocol_names_tests_that_exist() throws IOException {
    List<String> lines =
        Files.readString(PROTOCOL)
            .lines()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| pair "))
            .toList();

    assertThat(lines).hasSizeGreaterThan(40).allMatch(line -> NAMED.matcher(line).find());
    assertThat(testsOf(PROTOCOL)).isGreaterThan(lines.size());
  }

  /** How many tests the page names, all of which exist. */
  private static int testsOf(Path page) throws IOException {
    List<String> missing = new ArrayList<>();
    Matcher named = NAMED.matcher(Files.readString(page));
    int found = 0;
    while (named.find()) {
      found++;
      if (!exists(ROOT.resolve(named.group(1)), named.group(2), named.group(3))) {
        missing.add(named.group());
      }
    }
    assertThat(missing).isEmpty();
    return found;
  }

  @Test
  void every_trap_names_a_test() throws IOException {
    String page = Files.readString(PAGE);
    List<String> traps =
        page.substring(page.indexOf("| trap |"))
            .lines()
            .skip(2)
            .filter(line -> line.startsWith("|"))
            .toList();

    assertThat(traps)
        .hasSizeGreaterThanOrEqualTo(TRAPS)
        .allMatch(line -> NAMED.matcher(line).find());
  }

  private static boolean exists(Path module, String type, String method) throws IOException {
    try (Stream<Path> sources = Files.walk(module.resolve("src/test/java"))) {
      List<Path> files = sources.filter(p -> p.endsWith(type + ".java")).toList();
      return files.size() == 1
          && Pattern.compile("\\b" + method + "\\b").matcher(Files.readString(files.get(0))).find();
    }
  }
}
