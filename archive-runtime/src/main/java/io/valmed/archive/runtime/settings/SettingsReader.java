package io.valmed.archive.runtime.settings;

import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.settings.CaptureSettings.Stream;
import io.valmed.archive.runtime.settings.yaml.Durations;
import io.valmed.archive.runtime.settings.yaml.Limits;
import io.valmed.archive.runtime.settings.yaml.Problems;
import io.valmed.archive.runtime.settings.yaml.Reading;
import io.valmed.archive.runtime.settings.yaml.Section;
import io.valmed.archive.runtime.settings.yaml.Yaml;
import io.valmed.archive.runtime.settings.yaml.YamlParser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@code archive.yaml}.
 *
 * <p>The variable {@code ARCHIVE_} and the key in capitals, its dots and hyphens as underscores
 * ({@code ARCHIVE_PURGE_LOCK_TIMEOUT}), overrides a single value outside the policy's tables and
 * Kafka's own properties. Paths are relative to the file's folder, whoever names them.
 */
public final class SettingsReader {
  private static final Limits.Names PREFIX =
      new Limits.Names(
          "prefix", "[A-Za-z0-9_-]{1,100}", "must be 1 to 100 letters, digits, _ or -");

  private final Reading reading;
  private final Section root;

  private SettingsReader(Reading reading, Section root) {
    this.reading = reading;
    this.root = root;
  }

  /**
   * The settings in the file.
   *
   * @param file the YAML file
   * @param environment the variables that may override it, usually {@code System.getenv()}
   * @throws SettingsException when the file cannot be read or anything in it is wrong
   */
  public static Settings read(Path file, Map<String, String> environment) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new SettingsException(
          file.toString(),
          List.of(
              new SettingsException.Problem(
                  "", 0, "there is no such file; name yours with --config FILE")),
          e);
    } catch (AccessDeniedException e) {
      throw new SettingsException(
          file.toString(),
          List.of(
              new SettingsException.Problem(
                  "",
                  0,
                  "user "
                      + System.getProperty("user.name")
                      + " may not read it; let it belong to that user (chown)")),
          e);
    } catch (IOException e) {
      throw new SettingsException(
          file.toString(),
          List.of(
              new SettingsException.Problem(
                  "", 0, "it cannot be read as UTF-8 text (" + e.getMessage() + ")")),
          e);
    }
    Path folder = file.toAbsolutePath().getParent();
    return parse(text, file.toString(), folder == null ? Path.of("") : folder, environment);
  }

  /**
   * The settings in the text.
   *
   * @param name what messages call the text
   * @param folder what relative paths are relative to
   */
  public static Settings parse(
      String text, String name, Path folder, Map<String, String> environment) {
    Problems problems = new Problems();
    Yaml.Mapping values = YamlParser.parse(text, problems);
    Reading reading = new Reading(folder, environment, problems);
    Settings settings = null;
    if (problems.none() || !values.entries().isEmpty()) {
      settings = new SettingsReader(reading, Section.root(reading, values)).settings();
    }
    if (settings == null || !problems.none()) {
      throw new SettingsException(name, problems.all(), null);
    }
    return settings;
  }

  private Settings settings() {
    String prefix = root.name(PREFIX, "valmed");
    HotSettings hot = hot(root.section("hot"));
    ArchiveSettings archive = archive(root.section("archive"));
    String hotUrl = hot.migrator().url();
    if (hotUrl.equals(archive.migrator().url()) && hotUrl.startsWith("jdbc:")) {
      root.problem("archive.url", 0, "is the hot database; the archive needs one of its own");
    }
    Section policySection = root.section("policy");
    Policy policy = new PolicyReader(policySection, new TopicNames(prefix)).read();
    Settings all =
        new Settings(
            prefix,
            hot,
            archive,
            new KafkaReader(root.section("kafka")).read(),
            policy,
            capture(root.section("capture"), prefix),
            sink(root.section("sink"), prefix),
            purge(root.section("purge")),
            verify(root.section("verify")),
            api(root.section("api")));
    root.end();
    reading.refuseMistypedVariables();
    return all;
  }

  private static HotSettings hot(Section section) {
    DatabaseReader database = new DatabaseReader(section, "hospital");
    HotSettings hot =
        new HotSettings(
            database.login("migrator", null),
            database.login("capture", "arc_capture"),
            database.login("purger", "arc_purger"));
    database.end();
    return hot;
  }

  private static ArchiveSettings archive(Section section) {
    DatabaseReader database = new DatabaseReader(section, "archive");
    ArchiveSettings archive =
        new ArchiveSettings(
            database.login("migrator", null),
            database.login("sink", "arc_sink"),
            database.login("purger", "arc_purger"),
            database.login("reader", "arc_reader"));
    database.end();
    return archive;
  }

  private static CaptureSettings capture(Section section, String prefix) {
    String name = "arc_" + prefix.toLowerCase(Locale.ROOT).replace('-', '_');
    String byDefault = name.substring(0, Math.min(63, name.length()));
    CaptureSettings capture =
        new CaptureSettings(
            section.name(CaptureSettings.SLOT, byDefault),
            section.name(CaptureSettings.PUBLICATION, byDefault),
            section.duration(CaptureSettings.HEARTBEAT_EVERY, Duration.ofSeconds(1)),
            section.number(CaptureSettings.TRANSACTION_RECORDS, 100_000),
            section.duration(CaptureSettings.TRANSACTION_TIME, Duration.ofSeconds(20)),
            health(section, 9401),
            Stream.of(section.name(CaptureSettings.STREAM, Stream.DIRECT.word())));
    section.end();
    return capture;
  }

  private static SinkSettings sink(Section section, String prefix) {
    SinkSettings sink =
        new SinkSettings(
            section.name(SinkSettings.GROUP, prefix + "-sink"),
            section.number(SinkSettings.BATCH_RECORDS, 5_000),
            section.bytes(SinkSettings.BATCH_BYTES, 16L << 20),
            section.number(SinkSettings.MONTHS_AHEAD, 3),
            section.number(SinkSettings.UNSEEN_SHARE, SinkSettings.DEFAULT_UNSEEN_SHARE),
            health(section, 9402));
    section.end();
    return sink;
  }

  private static PurgeSettings purge(Section section) {
    PurgeSettings purge =
        new PurgeSettings(
            section.name(PurgeSettings.WORKER, "main"),
            section.number(PurgeSettings.PAGE_AGGREGATES, 2000),
            section.number(PurgeSettings.AGGREGATE_ROWS, 10_000),
            section.number(PurgeSettings.ROWS_PER_SECOND, 2_000),
            section.duration(PurgeSettings.EVERY, Duration.ofMinutes(1)),
            section.duration(PurgeSettings.TRANSACTION_TIMEOUT, Duration.ofSeconds(30)),
            section.duration(PurgeSettings.LOCK_TIMEOUT, Duration.ofMillis(500)),
            section.duration(PurgeSettings.CLOCK_SKEW, PurgeSettings.DEFAULT_CLOCK_SKEW),
            section.duration(PurgeSettings.WITNESS_WITHIN, PurgeSettings.DEFAULT_WITNESS_WITHIN),
            section.duration(PurgeSettings.ARCHIVE_TIMEOUT, PurgeSettings.DEFAULT_ARCHIVE_TIMEOUT),
            health(section, 9403));
    if (purge.lockTimeout().compareTo(purge.transactionTimeout()) >= 0) {
      section.problem(
          section.full("lock-timeout"),
          section.line("lock-timeout"),
          "must be shorter than transaction-timeout ("
              + Durations.format(purge.transactionTimeout())
              + "), but is "
              + Durations.format(purge.lockTimeout()));
    }
    section.end();
    return purge;
  }

  private static VerifySettings verify(Section section) {
    VerifySettings verify =
        new VerifySettings(
            section.word("every", VerifySettings.NEVER)
                ? null
                : section.duration(VerifySettings.EVERY, VerifySettings.DEFAULT_EVERY),
            section.number(VerifySettings.PACE, VerifySettings.DEFAULT_PACE));
    section.end();
    return verify;
  }

  private static ApiSettings api(Section section) {
    ApiSettings api =
        new ApiSettings(address(section, ApiSettings.DEFAULT_PORT), section.path("token-file"));
    section.end();
    return api;
  }

  private static InetSocketAddress health(Section service, int defaultPort) {
    Section section = service.section("health");
    InetSocketAddress address = address(section, defaultPort);
    section.end();
    return address;
  }

  private static InetSocketAddress address(Section section, int defaultPort) {
    String host = section.text("host", "127.0.0.1");
    int port = section.number(new Limits.Numbers(section.full("port"), 0, 65_535), defaultPort);
    return new InetSocketAddress(host, port);
  }
}
