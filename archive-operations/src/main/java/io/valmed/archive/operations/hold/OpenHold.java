package io.valmed.archive.operations.hold;

import io.valmed.archive.databases.hold.PurgeHolds.Hold;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open hold as people are shown it. What a person holds stands in both databases, so that either
 * may be away: here it is one, and ends in both.
 *
 * @param rows where it stands; at least one
 */
public record OpenHold(List<Hold> rows) {
  private static final String ALARM = "alarm ";

  /** The holds that these rows are, in their order. */
  public static List<OpenHold> of(List<Hold> rows) {
    Map<List<String>, List<Hold>> same = new LinkedHashMap<>();
    for (Hold row : rows) {
      same.computeIfAbsent(
              List.of(row.scope(), row.reason(), row.heldBy(), row.prefix()),
              key -> new ArrayList<>())
          .add(row);
    }
    return same.values().stream().map(OpenHold::new).toList();
  }

  /** How it is called: {@code hot/3}. */
  public String name() {
    return name(first());
  }

  /** Whether it is called so, in one of the databases. */
  public boolean named(String name) {
    return rows.stream().anyMatch(row -> name(row).equals(name));
  }

  /** Whether it is an alarm, which ends when a person has looked. */
  public boolean isAlarm() {
    return first().heldBy().startsWith(ALARM);
  }

  /** Whether it is this hold of somebody's. */
  public boolean is(String scope, String reason) {
    return first().scope().equals(scope) && first().reason().equals(reason);
  }

  public String scope() {
    return first().scope();
  }

  /** The command that ends it. */
  public String command() {
    return isAlarm()
        ? "./archive alarms ack "
            + first().heldBy().substring(ALARM.length())
            + " --by NAME --reason TEXT"
        : "./archive purge resume --hold " + name();
  }

  /** Whether it ends by itself once its cause is cured, so that nobody has to end it. */
  public boolean endsByItself() {
    return endsByItself(first().heldBy());
  }

  /** In one sentence: who holds it, since when and why. */
  public String words() {
    Hold hold = first();
    return "held by %s since %s: %s"
        .formatted(
            hold.heldBy(), hold.heldAt().truncatedTo(ChronoUnit.SECONDS), sentence(hold.reason()));
  }

  /** One line: what is held, by whom, why, and how it ends. */
  public String line() {
    Hold hold = first();
    return "held  %s  %s, by %s since %s: %s %s"
        .formatted(
            name(),
            concerns(hold),
            hold.heldBy(),
            hold.heldAt(),
            sentence(hold.reason()),
            end(hold))
        .strip();
  }

  private static String sentence(String reason) {
    return reason.endsWith(".") ? reason : reason + ".";
  }

  private String end(Hold hold) {
    if (hold.reason().contains("'" + command() + "'")) {
      return "";
    }
    return endsByItself(hold.heldBy())
        ? "It ends by itself when that is cured; a person ends it with '" + command() + "'."
        : "A person ends it with '" + command() + "'.";
  }

  /** Whether the service that holds also looks whether it is cured. */
  private static boolean endsByItself(String heldBy) {
    return heldBy.startsWith("capture ")
        || heldBy.startsWith("archive-sink")
        || heldBy.startsWith("purge-");
  }

  private static String concerns(Hold hold) {
    String tables = hold.scope().equals("*") ? "all tables" : "table " + hold.scope();
    return hold.prefix().isEmpty() ? tables + " of every installation" : tables;
  }

  private static String name(Hold row) {
    return row.database() + "/" + row.id();
  }

  private Hold first() {
    return rows.get(0);
  }

  public Map<String, Object> toMap() {
    Hold hold = first();
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("hold", name());
    one.put("database", hold.database());
    one.put("scope", hold.scope());
    one.put("reason", hold.reason());
    one.put("held_by", hold.heldBy());
    one.put("held_at", hold.heldAt());
    one.put("ends_with", command());
    return one;
  }
}
