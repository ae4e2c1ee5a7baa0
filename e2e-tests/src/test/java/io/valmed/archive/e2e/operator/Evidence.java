package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What stands in the archive and in Kafka now. */
final class Evidence {
  private static final Pattern STAMP = Pattern.compile("\"stamp\":\"?(\\d+)");

  private Evidence() {}

  /** Stamps of every image that Kafka or the archive still has. */
  static Set<Long> stamps(Installation installation, List<TableId> tables) throws SQLException {
    Set<Long> stamps = new HashSet<>();
    TopicNames topics = installation.settings().topics();
    List<String> names = new ArrayList<>(tables.stream().map(topics::table).toList());
    names.add(topics.parked());
    names.forEach(topic -> add(installation, topic, stamps));
    for (TableId table : tables) {
      mirror(installation, table).forEach(image -> stamps.add(image.stamp()));
      cold(installation, table).forEach(image -> stamps.add(image.stamp()));
    }
    return stamps;
  }

  static List<Image> mirror(Installation installation, TableId table) throws SQLException {
    return archive(installation, table, table);
  }

  static List<Image> cold(Installation installation, TableId table) throws SQLException {
    return archive(installation, table, table.cold());
  }

  private static List<Image> archive(Installation installation, TableId table, TableId from)
      throws SQLException {
    try (Connection connection = installation.archiveAsOwner()) {
      Application.settings(connection);
      return Image.read(connection, table, "SELECT * FROM " + from.sql());
    }
  }

  /** Every alarm that was ever written. */
  static List<String> alarms(Installation installation) {
    return installation.topics().records(installation.settings().topics().alarms()).stream()
        .map(alarm -> new String(alarm.value(), StandardCharsets.UTF_8))
        .toList();
  }

  /** What the archive has of alarms, those that a person has looked at too. */
  static List<String> keptAlarms(Installation installation) throws SQLException {
    List<String> alarms = new ArrayList<>();
    try (Connection connection = installation.archiveAsOwner();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT detail FROM arc.alarm")) {
      while (rows.next()) {
        alarms.add(rows.getString(1));
      }
    }
    return alarms;
  }

  /** Stamps of images that were changed while their table was parked. */
  static Set<Long> parked(Installation installation) {
    Set<Long> stamps = new HashSet<>();
    add(installation, installation.settings().topics().parked(), stamps);
    return stamps;
  }

  private static void add(Installation installation, String topic, Set<Long> stamps) {
    for (var record : installation.topics().records(topic)) {
      if (record.value() != null) {
        Matcher found = STAMP.matcher(new String(record.value(), StandardCharsets.UTF_8));
        while (found.find()) {
          stamps.add(Long.parseLong(found.group(1)));
        }
      }
    }
  }

  /** Whether something names the table: an open hold, or an alarm. */
  static boolean named(List<String> alarms, List<String> holds, TableId table) {
    return Stream.concat(holds.stream(), alarms.stream())
        .anyMatch(told -> told.contains(table.toString()));
  }
}
