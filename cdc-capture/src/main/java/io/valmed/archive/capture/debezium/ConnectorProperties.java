package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.PostgresConnector;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/** What the connector is set to. */
final class ConnectorProperties {
  private ConnectorProperties() {}

  /**
   * @param policy the captured tables, with the columns that are left out
   */
  static Map<String, String> of(Settings settings, List<PolicyTable> policy) {
    Map<String, String> all = new HashMap<>();
    all.put("name", settings.prefix() + "-capture");
    all.put("connector.class", PostgresConnector.class.getName());
    all.put("topic.prefix", settings.prefix());
    database(settings.hot().capture(), all);
    all.put("plugin.name", "pgoutput");
    all.put("slot.name", settings.capture().slot());
    all.put("slot.max.retries", "0");
    all.put("publication.name", settings.capture().publication());
    all.put("publication.autocreate.mode", "disabled");
    // The snapshot is Snapshot's; the connector starts with an offset, always.
    all.put("snapshot.mode", "no_data");
    all.put("tombstones.on.delete", "false");
    all.put("skipped.operations", "none");
    all.put("provide.transaction.metadata", "true");
    all.put("include.unknown.datatypes", "true");
    all.put("errors.max.retries", "0");
    all.put("converters", "text");
    all.put("text.type", PlainTextConverter.class.getName());
    // No list of tables: what is published comes through, under whatever name it has by now.
    String excluded = excludedColumns(policy);
    if (!excluded.isEmpty()) {
      all.put("column.exclude.list", excluded);
    }
    // Records in the queue outlive young collections: four times as many doubled the heap in use.
    all.put("max.queue.size", "4096");
    all.put("max.queue.size.in.bytes", Integer.toString(64 * 1024 * 1024));
    all.put("max.batch.size", "2048");
    all.put("poll.interval.ms", "20");
    all.put("executor.shutdown.timeout.ms", "1000");
    return all;
  }

  private static void database(DatabaseLogin login, Map<String, String> all) {
    Properties url = Driver.parseURL(login.url(), new Properties());
    if (url == null || url.getProperty("PGDBNAME") == null) {
      throw new StopException(
          "The address of hot, "
              + login.url()
              + ", is not of the form jdbc:postgresql://host:port/database; correct 'hot.url'.");
    }
    all.put("database.hostname", url.getProperty("PGHOST", "localhost"));
    all.put("database.port", url.getProperty("PGPORT", "5432"));
    all.put("database.dbname", url.getProperty("PGDBNAME"));
    all.put("database.user", login.user());
    all.put("database.connection.factory.class", HotConnections.class.getName());
    all.put("database." + HotConnections.URL, login.url());
    if (login.passwordFile() != null) {
      all.put("database." + HotConnections.PASSWORD_FILE, login.passwordFile().toString());
    }
  }

  private static String names(Collection<TableId> tables) {
    return tables.stream()
        .map(table -> pattern(table.schema()) + "\\." + pattern(table.name()))
        .collect(Collectors.joining(","));
  }

  private static String excludedColumns(List<PolicyTable> policy) {
    return policy.stream()
        .flatMap(
            table ->
                table.exclude().stream()
                    .map(column -> names(List.of(table.table())) + "\\." + pattern(column)))
        .collect(Collectors.joining(","));
  }

  /** A regular expression for exactly this name; a comma in it would end the expression. */
  private static String pattern(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isLetterOrDigit(c) || c == '_') {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
