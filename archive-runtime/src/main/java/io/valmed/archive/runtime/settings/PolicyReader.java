package io.valmed.archive.runtime.settings;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeOf;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.settings.yaml.ColumnName;
import io.valmed.archive.runtime.settings.yaml.Limits;
import io.valmed.archive.runtime.settings.yaml.Section;
import io.valmed.archive.runtime.settings.yaml.Yaml;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the policy: root tables with their children, and reference tables. */
public final class PolicyReader {
  public static final Limits.Times COLD_AFTER =
      new Limits.Times("policy.cold-after", Duration.ofMinutes(1), Duration.ofDays(36_500));

  private final Section policy;
  private final TopicNames topics;
  private final Map<TableId, String> seen = new HashMap<>();
  private final Map<String, TableId> seenTopics = new HashMap<>();

  public PolicyReader(Section policy, TopicNames topics) {
    this.policy = policy;
    this.topics = topics;
  }

  /** The policy; with problems reported it may lack what they are about. */
  public Policy read() {
    ZoneId zone = zone();
    boolean draft = draft();
    List<RootTable> roots = new ArrayList<>();
    policy.entries("roots").forEach((name, value) -> addRoot(roots, name, value));
    List<ReferenceTable> reference = new ArrayList<>();
    policy.entries("reference").forEach((name, value) -> addReference(reference, name, value));
    if (roots.isEmpty() && reference.isEmpty()) {
      policy.problem(
          policy.full("roots"),
          policy.line("roots"),
          "is missing; name at least one table, for example "
              + "roots: { public.orders: { age: created_at } }");
    }
    policy.end();
    return new Policy(roots, reference, zone, draft);
  }

  /** Anything but a clear no leaves it a draft: then nothing is purged. */
  private boolean draft() {
    Section.Found found = policy.find("draft");
    if (found == null) {
      if (policy.has("draft")) {
        policy.problem(
            policy.full("draft"), policy.line("draft"), "must be true or false, but is empty");
      }
      return policy.has("draft");
    }
    if (found.text().equals("false")) {
      return false;
    }
    if (!found.text().equals("true")) {
      policy.problem(found, "must be true or false, but is '" + found.text() + "'");
    }
    return true;
  }

  private ZoneId zone() {
    Section.Found found = policy.find("age-zone");
    if (found == null) {
      return ZoneId.of("UTC");
    }
    try {
      return ZoneId.of(found.text());
    } catch (DateTimeException e) {
      policy.problem(
          found, "'" + found.text() + "' is not a time zone; write UTC or one like Europe/Berlin");
      return ZoneId.of("UTC");
    }
  }

  private void addRoot(List<RootTable> roots, String name, Yaml value) {
    Section entry = policy.named("roots." + name, value);
    TableId table = table(entry, name, value.line());
    String age = column(entry, "age");
    if (age == null) {
      policy.problem(
          entry.full("age"),
          value.line(),
          "is missing; name the date or timestamp column that says how old a row is");
    }
    Section.Found settled = entry.find("settled");
    Duration coldAfter = entry.duration(COLD_AFTER, Duration.ofDays(90));
    List<ChildTable> children = children(entry, entry.entries("children"));
    List<String> plain = plainNumbers(entry, value.line());
    AgeOf ageOf = ageOf(entry, children);
    entry.end();
    if (table != null) {
      roots.add(
          new RootTable(
              table,
              age == null ? "missing" : age,
              settled == null || settled.text().isBlank() ? null : settled.text().strip(),
              coldAfter,
              children,
              plain,
              ageOf));
    }
  }

  private static AgeOf ageOf(Section entry, List<ChildTable> children) {
    Section.Found found = entry.find("age-of");
    if (found == null || found.text().equals("root")) {
      return AgeOf.ROOT;
    }
    if (!found.text().equals("newest")) {
      entry.problem(found, "must be root or newest, but is '" + found.text() + "'");
    } else if (!anyAge(children)) {
      entry.problem(
          found, "newest needs the age of at least one child: { key: order_id, age: given_at }");
    }
    return AgeOf.NEWEST;
  }

  private static boolean anyAge(List<ChildTable> children) {
    return children.stream().anyMatch(child -> child.age() != null || anyAge(child.children()));
  }

  private void addReference(List<ReferenceTable> reference, String name, Yaml value) {
    Section entry = policy.named("reference." + name, value);
    TableId table = table(entry, name, value.line());
    List<String> exclude = columns(entry, "exclude", value.line(), entry.words("exclude"));
    entry.end();
    if (table != null) {
      reference.add(new ReferenceTable(table, exclude));
    }
  }

  private List<ChildTable> children(Section parent, Map<String, Yaml> entries) {
    List<ChildTable> children = new ArrayList<>();
    entries.forEach((name, value) -> addChild(children, parent, name, value));
    return List.copyOf(children);
  }

  private void addChild(List<ChildTable> children, Section parent, String name, Yaml value) {
    boolean isLong = value instanceof Yaml.Mapping;
    Section entry = parent.named("children." + name, isLong ? value : Yaml.Mapping.NONE);
    TableId table = table(entry, name, value.line());
    String keyPath = isLong ? entry.full("key") : parent.full("children." + name);
    List<String> words = isLong ? entry.words("key") : parent.words(keyPath, value);
    List<String> key = columns(entry, keyPath, value.line(), words);
    if (words.isEmpty()) {
      policy.problem(
          keyPath,
          value.line(),
          "needs the column that refers to the parent's key: "
              + name
              + ": order_id, or key: [a, b] for a key of several columns");
    }
    String age = isLong ? column(entry, "age") : null;
    List<ChildTable> grandchildren =
        isLong ? children(entry, entry.entries("children")) : List.of();
    List<String> plain = isLong ? plainNumbers(entry, value.line()) : List.of();
    entry.end();
    if (table != null && !key.isEmpty()) {
      children.add(new ChildTable(table, key, age, grandchildren, plain));
    }
  }

  private @Nullable String column(Section entry, String key) {
    Section.Found found = entry.find(key);
    if (found == null) {
      return null;
    }
    List<String> names = columns(entry, found.key(), found.line(), List.of(found.text()));
    return names.isEmpty() ? null : names.get(0);
  }

  private static List<String> plainNumbers(Section entry, int line) {
    return columns(entry, entry.full("plain-number"), line, entry.words("plain-number"));
  }

  private static List<String> columns(Section entry, String key, int line, List<String> words) {
    List<String> names = new ArrayList<>();
    for (String word : words) {
      ColumnName.parse(word)
          .ifPresentOrElse(
              names::add,
              () ->
                  entry.problem(
                      key,
                      line,
                      "'"
                          + word
                          + "' is not a column's name; write it as in SQL, quoted if need be"));
    }
    return List.copyOf(names);
  }

  private @Nullable TableId table(Section entry, String name, int line) {
    TableId table;
    try {
      table = TableId.parse(name);
    } catch (IllegalArgumentException e) {
      policy.problem(entry.path(), line, String.valueOf(e.getMessage()));
      return null;
    }
    String path = entry.path();
    if (table.schema().equals("arc")
        || table.schema().equals("history")
        || table.schema().endsWith("_cold")) {
      policy.problem(
          path,
          line,
          "schema "
              + table.schema()
              + " cannot be archived: arc, history and names that end with _cold are the"
              + " product's own; rename the schema");
    }
    String earlier = seen.putIfAbsent(table, path);
    if (earlier != null) {
      policy.problem(path, line, "stands twice in the policy, first as " + earlier + "; keep one");
      return null;
    }
    checkTopic(table, path, line);
    return table;
  }

  private void checkTopic(TableId table, String path, int line) {
    try {
      TableId other = seenTopics.putIfAbsent(topics.table(table), table);
      if (other != null) {
        policy.problem(
            path, line, "would share its topic with " + other + "; rename one of the tables");
      }
    } catch (IllegalArgumentException e) {
      policy.problem(path, line, String.valueOf(e.getMessage()));
    }
  }
}
