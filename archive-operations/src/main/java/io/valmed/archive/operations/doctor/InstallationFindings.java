package io.valmed.archive.operations.doctor;

import io.valmed.archive.provisioning.identity.InstallationLook;
import io.valmed.archive.provisioning.identity.InstallationLook.Found;
import io.valmed.archive.provisioning.identity.InstallationLook.Grade;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Whether hot, archive and topics are of one installation: that of the settings. */
final class InstallationFindings {
  private static final String TOPICS = "kafka, installation";
  private static final long KAFKA_SECONDS = 10;

  private final Settings settings;
  private final TopicsLook topics;

  InstallationFindings(Settings settings, TopicsLook topics) {
    this.settings = settings;
    this.topics = topics;
  }

  /** What was found; what does not answer is told elsewhere. */
  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    try {
      boolean known = false;
      for (Found found : new InstallationLook(settings).look()) {
        String about = found.database() + ", installation";
        findings.add(
            switch (found.grade()) {
              case OWN -> Finding.ok(about, found.text());
              case NEW -> Finding.warning(about, found.text());
              case ANOTHER -> Finding.wrong(about, found.text());
            });
        known |= found.database().equals("hot") && found.grade() == Grade.OWN;
      }
      if (known && written()) {
        findings.add(topics());
      }
    } catch (SQLException | StopException e) {
      findings.add(Finding.warning("installation", "not compared: " + Failures.sentence(e)));
    }
    return List.copyOf(findings);
  }

  private Finding topics() throws SQLException {
    try {
      topics.compare(settings);
      return Finding.ok(TOPICS, "the topics of prefix " + settings.prefix() + " are its own");
    } catch (StopException e) {
      return Finding.wrong(TOPICS, String.valueOf(e.getMessage()));
    } catch (KafkaException e) {
      return Finding.warning(TOPICS, "not compared: " + Failures.sentence(e));
    }
  }

  /** Whether capture has made its topics: one that is not there would be waited for. */
  private boolean written() {
    Map<String, Object> properties = settings.kafka().clientProperties("archive-doctor");
    properties.put("default.api.timeout.ms", "8000");
    properties.put("request.timeout.ms", "5000");
    try (Admin admin = Admin.create(properties)) {
      Set<String> names = admin.listTopics().names().get(KAFKA_SECONDS, TimeUnit.SECONDS);
      return names.contains(settings.topics().schema())
          && names.contains(settings.topics().captureOffsets());
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
