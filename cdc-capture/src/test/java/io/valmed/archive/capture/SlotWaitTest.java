package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A slot can be made only when every transaction that is open has ended. */
class SlotWaitTest {
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.valmed.archive.capture.postgres.SlotWait");

  private final HotFixture hot = new HotFixture();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          told.add(event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    LOG.addAppender(appender);
    hot.root("public.orders", "id int primary key, at timestamp").provision();
  }

  @AfterEach
  void close() {
    LOG.detachAppender(appender);
    hot.close();
  }

  private void awaitTold(String... parts) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(told).anySatisfy(one -> assertThat(one).contains(parts)));
  }

  @Test
  void whoever_is_waited_for_is_named_with_how_long_and_what_to_do() throws Exception {
    hot.sql("BEGIN; INSERT INTO orders VALUES (1, NULL); PREPARE TRANSACTION 'px'");
    try (Connection application = hot.connect();
        Statement open = application.createStatement()) {
      application.setAutoCommit(false);
      open.execute("INSERT INTO orders VALUES (2, NULL)");
      hot.start();

      awaitTold("has waited ", " s, now for the prepared transaction 'px'", "ROLLBACK PREPARED");
      hot.sql("COMMIT PREPARED 'px'");
      awaitTold("now for the transaction of process", "pg_terminate_backend(");
      application.commit();
    }

    hot.awaitPassed();
    assertThat(hot.topic("public.orders").told("id")).containsExactlyInAnyOrder("r 1", "r 2");
  }
}
