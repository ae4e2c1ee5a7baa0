package io.valmed.archive.operations.init;

import io.valmed.archive.databases.hot.LiveTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The text of {@code archive.yaml}: the addresses, and a proposed policy as a draft. */
final class DraftSettings {
  private static final Pattern PLAIN_LABEL = Pattern.compile("[\\w -]+");

  private static final String HEAD =
      """
      # Made by 'archive init'. Every other key with its default: archive.example.yaml.
      hot:
        url: jdbc:postgresql://%1$s%6$s
        migrator: { user: arc_migrator, password-file: secrets/hot-migrator }
        capture: { user: arc_capture, password-file: secrets/hot-capture }
        purger: { user: arc_purger, password-file: secrets/hot-purger }

      archive:
        url: jdbc:postgresql://%2$s%7$s
        migrator: { user: arc_migrator, password-file: secrets/archive-migrator }
        sink: { user: %4$s, password-file: secrets/archive-sink }
        purger: { user: %5$s, password-file: secrets/archive-purger }
        reader: { user: arc_reader, password-file: secrets/archive-reader }

      kafka:
        bootstrap-servers: "%3$s"%8$s
        # replication-factor: 3        # on more than one broker; fixed once a topic exists

      policy:
        # Proposed from hot's tables. Capture and sink work with it; nothing is purged before a person has looked at
        # every line below and taken this one out:
        draft: true
      """;

  private final StringBuilder yaml = new StringBuilder();

  private DraftSettings() {}

  static String of(Answers answers, PolicyProposal proposal) {
    DraftSettings settings = new DraftSettings();
    boolean one = answers.oneServer();
    settings.yaml.append(
        HEAD.formatted(
            answers.hot(),
            answers.archive(),
            answers.kafka(),
            "arc_sink",
            // Roles belong to the server: one name cannot have two passwords there.
            one ? "arc_archive_purger" : "arc_purger",
            answers.trust().yaml("hot"),
            answers.trust().yaml("archive"),
            answers.trust().kafkaYaml()));
    settings.policy(proposal);
    return settings.yaml.toString();
  }

  private void policy(PolicyProposal proposal) {
    if (!proposal.roots().isEmpty()) {
      line(
          2, "roots:                             # a row with all its child rows is purged as one");
      proposal.roots().forEach(this::root);
    }
    if (!proposal.reference().isEmpty()) {
      line(
          2,
          "reference:                         # archived, never purged; exclude: [column] leaves it out");
      proposal.reference().forEach(this::reference);
    }
    proposal
        .leftOut()
        .forEach((table, why) -> line(2, "# left out: " + comment(table + " " + why)));
  }

  private void reference(LiveTable table) {
    String dated =
        AgeChoice.of(table).map(age -> "    # dated by " + comment(age) + ": a root?").orElse("");
    line(4, name(table.table()) + ": {}" + dated);
  }

  private void root(PolicyProposal.Node root) {
    line(4, name(root.table().table()) + ":");
    List<String> ages = AgeChoice.candidates(root.table());
    String others =
        ages.size() > 1
            ? "    # or " + comment(String.join(", ", ages.subList(1, ages.size())))
            : "";
    line(6, "age: " + column(String.valueOf(root.age())) + others);
    settled(root.table());
    line(6, "cold-after: 90d");
    children(root, 6);
  }

  /** Which labels are final only people know. */
  private void settled(LiveTable table) {
    for (LiveTable.Column column : table.columns()) {
      if (!column.labels().isEmpty()
          && column.labels().stream().allMatch(label -> PLAIN_LABEL.matcher(label).matches())) {
        String labels = column.labels().stream().map(Sql::literal).collect(Collectors.joining(","));
        line(
            6,
            "# settled: \"%s in (%s)\"    # keep the labels after which a row no longer changes"
                .formatted(comment(Sql.identifierIfNeeded(column.name())), labels));
      }
    }
  }

  private void children(PolicyProposal.Node parent, int indent) {
    if (parent.children().isEmpty()) {
      return;
    }
    line(indent, "children:");
    for (PolicyProposal.Node child : parent.children()) {
      line(indent + 2, name(child.table().table()) + ":");
      line(
          indent + 4,
          "key: ["
              + child.key().stream().map(DraftSettings::column).collect(Collectors.joining(", "))
              + "]");
      if (child.age() != null) {
        line(indent + 4, "age: " + column(child.age()));
      }
      children(child, indent + 4);
    }
  }

  private void line(int indent, String text) {
    yaml.append(" ".repeat(indent)).append(text).append('\n');
  }

  private static String name(TableId table) {
    return quoted(table.toString());
  }

  private static String column(String name) {
    return quoted(Sql.identifierIfNeeded(name));
  }

  /** A name as a YAML scalar that means itself. */
  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_.]*") && !name.matches("true|false|null|yes|no|on|off|y|n")
        ? name
        : "'" + name.replace("'", "''") + "'";
  }

  private static String comment(String text) {
    return text.replaceAll("\\s", " ");
  }
}
