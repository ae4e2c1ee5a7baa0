package io.valmed.archive.e2e.operator;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Follows the product's sentences, and nothing else: where a service has ended or purging is held,
 * reads what is said and carries out the commands in it. What docs/operations.md adds for all of
 * them is 'purge resume --hold', one by one, once 'verify' was clean.
 */
final class Person {
  /** How long nothing new may be said while something does not work. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final int MOST_COMMANDS = 14;
  private static final Pattern LAST = Pattern.compile(" (capture|sink|purge) stopped: |^archive: ");
  private static final int EQUAL = 0;
  private static final int DIFFERENT = 1;

  private final Scene scene;
  private final List<String> done = new ArrayList<>();
  private final Set<String> followed = new HashSet<>();
  private final Set<String> heeded = new HashSet<>();
  private boolean foundEqual;
  private String verdict = "";

  Person(Scene scene) {
    this.scene = scene;
  }

  /**
   * How it ended.
   *
   * @param commands what was carried out, in order
   * @param held reasons of holds that stayed
   * @param noWayOut what stood still with no sentence that helps; empty: nothing
   * @param clean what 'verify' said at the end
   * @param verdict what 'verify' wrote at the end
   * @param ill what 'doctor' complains of although all is well; empty: nothing
   */
  record Outcome(
      List<String> commands,
      List<String> held,
      String noWayOut,
      boolean clean,
      String verdict,
      String ill) {

    String word() {
      if (!noWayOut.isEmpty()) {
        return "no way out";
      }
      if (!held.isEmpty()) {
        return "held";
      }
      return commands.isEmpty() ? "went on" : "told and mended";
    }
  }

  /** Returns when all is quiet, or no sentence offers a way. */
  Outcome settle() throws SQLException {
    long news = System.nanoTime();
    int known = 0;
    String stuck = "";
    boolean clean = false;
    while (stuck.isEmpty()) {
      if (followed.size() > known) {
        known = followed.size();
        news = System.nanoTime();
      }
      if (System.nanoTime() - news > PATIENCE.toNanos() || done.size() > MOST_COMMANDS) {
        stuck = "does not come to rest:\n" + scene.logs();
      } else if (!scene.ended().isEmpty()) {
        mend(scene.ended());
      } else if (scene.caughtUp(Duration.ofSeconds(1)) && scene.ended().isEmpty()) {
        if (!holds()) {
          clean = verified();
          if (clean || !followVerify()) {
            break;
          }
        }
      } else {
        answers();
        heedWarnings();
      }
    }
    List<String> held = open();
    return new Outcome(
        List.copyOf(done),
        held,
        stuck,
        clean,
        verdict,
        clean && held.isEmpty() ? complaints() : "");
  }

  /**
   * Follows each sentence once; whoever ends with it again is started again, as a supervisor does.
   */
  private void mend(Map<String, String> ended) throws SQLException {
    for (Map.Entry<String, String> service : ended.entrySet()) {
      String said = lastWords(service.getValue());
      if (followed.add(service.getKey() + " ended: " + withoutTime(said))) {
        saidByHoldsToo(said);
        List<String> put = InWords.follow(said, scene);
        done.addAll(put);
        List<List<String>> commands = Sentence.commands(said);
        commands.forEach(command -> follow(service.getKey(), command));
        if (!put.isEmpty() && commands.isEmpty()) {
          scene.startAgain(service.getKey());
        }
      }
    }
    scene.startServices();
  }

  /** What another service has been told already, and does, is not done again. */
  private void follow(String saidBy, List<String> command) {
    boolean already = done.contains(String.join(" ", command)) && !saidBy.equals(command.get(0));
    if (!command.get(0).equals("verify") && !already) {
      carryOut(command);
    }
  }

  private static String withoutTime(String line) {
    return line.substring(Math.max(0, line.indexOf(' ')));
  }

  /** A hold that says the same as the service that has ended asks for nothing more. */
  private void saidByHoldsToo(String said) throws SQLException {
    for (String reason : open()) {
      if (said.contains(reason.substring(reason.indexOf(": ") + 2))) {
        followed.add(reason);
      }
    }
  }

  /** The sentence that a service ends with, without the lines of its life before. */
  static String lastWords(String output) {
    List<String> said = output.lines().filter(line -> LAST.matcher(line).find()).toList();
    return said.isEmpty() ? "" : said.get(said.size() - 1);
  }

  /**
   * Follows what open holds say, what several of them say once; false when nothing is left to
   * follow.
   */
  private boolean holds() throws SQLException {
    Set<List<String>> told = new LinkedHashSet<>();
    for (String reason : open()) {
      if (followed.add(reason)) {
        done.addAll(InWords.follow(reason, scene));
        told.addAll(chosen(reason));
      }
    }
    told.forEach(this::carryOut);
    if (!told.isEmpty() || open().isEmpty() || foundEqual) {
      return !told.isEmpty();
    }
    if (verified()) {
      foundEqual = true;
      resume();
      return true;
    }
    return followVerify();
  }

  /** The sink waits for a person's word, and nothing catches up before. */
  private void answers() throws SQLException {
    for (String reason : open()) {
      if (asks(reason) && followed.add(reason)) {
        chosen(reason).forEach(this::carryOut);
      }
    }
  }

  /** Who runs and gets nothing may have said why. */
  private void heedWarnings() throws SQLException {
    for (String line : scene.warnings()) {
      if (heeded.add(withoutTime(line))) {
        done.addAll(InWords.follow(line, scene));
      }
    }
  }

  /**
   * What this person does: where a new epoch does not show rows, they left hot, and of the two ways
   * that the sentence offers it is the first.
   */
  private static List<List<String>> chosen(String reason) {
    List<List<String>> commands = Sentence.commands(reason);
    return asks(reason) ? commands.subList(0, 1) : commands;
  }

  private static boolean asks(String reason) {
    List<List<String>> commands = Sentence.commands(reason);
    return !commands.isEmpty() && String.join(" ", commands.get(0)).startsWith("epoch confirm");
  }

  private void carryOut(List<String> command) {
    done.add(String.join(" ", command));
    String verb = command.get(0);
    boolean service = Set.of("capture", "sink").contains(verb) || command.equals(List.of("purge"));
    if (service) {
      foundEqual = false;
      scene.start(verb, command);
    } else {
      int unused = run(command);
    }
  }

  /** What 'verify' says; one that could not compare, on a busy machine, is asked again. */
  private boolean verified() {
    int said = run(List.of("verify"));
    for (int again = 0; again < 3 && said != EQUAL && said != DIFFERENT; again++) {
      said = run(List.of("verify"));
    }
    return said == EQUAL;
  }

  /** The next of the commands that 'verify' told; each once. False: it tells no further one. */
  private boolean followVerify() throws SQLException {
    if (followed.add("verify told in words: " + verdict)) {
      List<String> put = InWords.follow(verdict, scene);
      done.addAll(put);
      if (!put.isEmpty()) {
        return true;
      }
    }
    for (List<String> command : Sentence.commands(verdict)) {
      if (!command.get(0).equals("verify") && followed.add("verify told " + command)) {
        carryOut(command);
        return true;
      }
    }
    return false;
  }

  /** Once all is well, 'doctor' says so too. */
  private String complaints() {
    Programs.Told told = scene.programs().run(scene.settings(), List.of("doctor"));
    for (List<String> command : Sentence.commands(told.output())) {
      if (command.get(0).equals("alarms") && followed.add("doctor told " + command)) {
        carryOut(command);
        told = scene.programs().run(scene.settings(), List.of("doctor"));
      }
    }
    return told.code() == EQUAL ? "" : told.output();
  }

  private int run(List<String> command) {
    Programs.Told told = scene.programs().run(scene.settings(), command);
    if (command.get(0).equals("verify")) {
      verdict = told.output();
    }
    return told.code();
  }

  /** Asked without a name, 'purge resume' tells the command for each open hold. */
  private void resume() {
    String told = scene.programs().run(scene.settings(), List.of("purge", "resume")).output();
    told.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("./archive "))
        .map(line -> List.of(line.substring("./archive ".length()).split(" ")))
        .forEach(this::carryOut);
  }

  /** Reasons of open holds in both databases, each with its scope before it. */
  List<String> open() throws SQLException {
    List<String> reasons = new ArrayList<>();
    reasons.addAll(scene.installation().hot().with(Person::holdsIn));
    reasons.addAll(scene.installation().archive().with(Person::holdsIn));
    return reasons;
  }

  private static List<String> holdsIn(Connection database) throws SQLException {
    List<String> reasons = new ArrayList<>();
    try (Statement statement = database.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT scope, reason FROM arc.purge_hold WHERE released_at IS NULL ORDER BY id")) {
      while (rows.next()) {
        reasons.add(rows.getString(1) + ": " + rows.getString(2));
      }
    }
    return reasons;
  }
}
