package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.PostgresConnector;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;

/** What the connector is set to. */
public final class ConnectorProperties {
  private ConnectorProperties() {}

  /**
   * What both streams need.
   *
   * @throws StopException when the address of hot cannot be used
   */
  public static Map<String, String> of(Settings settings) {
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
    all.put("skipped.operations", "none");
    // No list of tables: what is published comes through, under whatever name it has by now.
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
    if (url.getProperty("socketTimeout") != null) {
      // The driver would go on in the middle of a message that it had given up.
      throw new StopException(
          "The address of hot sets socketTimeout, with which a slow message would be read wrongly; take it out of 'hot.url'.");
    }
    all.put("database.hostname", url.getProperty("PGHOST", "localhost"));
    all.put("database.port", url.getProperty("PGPORT", "5432"));
    all.put("database.dbname", url.getProperty("PGDBNAME"));
    all.put("database.user", login.user());
    all.put("database.connection.factory.class", HotConnections.class.getName());
    HotConnections.configuration(login)
        .forEach((name, value) -> all.put("database." + name, value));
  }
}
