package io.valmed.archive.catalog;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

/** Settings whose roles, slot and origin bear the database's name, since a server shares them. */
public final class TestSettings {
  private TestSettings() {}

  /** ValMed's policy. */
  public static Policy valmed() {
    return new Policy(
        List.of(
            new RootTable(
                TableId.parse("public.medication_orders"),
                "created_at",
                "status in ('completed','discontinued')",
                Duration.ofDays(90),
                List.of(
                    new ChildTable(
                        TableId.parse("public.medication_administrations"),
                        List.of("order_id"),
                        null,
                        List.of()))),
            new RootTable(
                TableId.parse("public.drug_transfers"),
                "transfer_date",
                null,
                Duration.ofDays(90),
                List.of())),
        List.of(
            new ReferenceTable(TableId.parse("public.drugs"), List.of()),
            new ReferenceTable(
                TableId.parse("public.users"), List.of("hashed_password", "api_key"))),
        ZoneOffset.UTC);
  }

  /** Settings over one hot and one archive database. */
  public static Settings of(TestDatabase hot, TestDatabase archive, Policy policy) {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new Settings(
        "test",
        new HotSettings(hot.superuser(), role(hot, "capture"), role(hot, "purger")),
        new ArchiveSettings(
            archive.superuser(),
            role(archive, "sink"),
            role(archive, "purger"),
            role(archive, "reader")),
        new KafkaAccess("127.0.0.1:1", 1, (short) 1, 1_000_000, KafkaSecurity.NONE),
        policy,
        new CaptureSettings(
            "slot_" + hot.name(),
            "publication_" + hot.name(),
            Duration.ofSeconds(1),
            100_000,
            Duration.ofSeconds(10),
            anyPort),
        new SinkSettings("sinks", 1_000, 1_000_000, 1, anyPort),
        new PurgeSettings(
            hot.name(),
            100,
            10_000,
            0,
            Duration.ofMinutes(1),
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            anyPort));
  }

  /** A login with a password of its own in a file. */
  public static DatabaseLogin role(TestDatabase database, String word) {
    try {
      Path file = Files.createTempFile("password", ".txt");
      file.toFile().deleteOnExit();
      Files.writeString(file, "canary-password-" + word + "-" + database.name() + "\n");
      return database.login(word + "_" + database.name(), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
