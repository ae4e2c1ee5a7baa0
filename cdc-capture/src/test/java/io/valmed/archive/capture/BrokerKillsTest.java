package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.hanging.LostMarkers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The broker is killed again and again while transactions end all the time, so that now and then it
 * forgets markers. As many kills as {@code -Dkills} says.
 */
class BrokerKillsTest {
  private static final int TABLES = 4;

  private final int kills = Integer.getInteger("kills", 1);
  private final Random random = new Random(Long.getLong("seed", 1));
  private final HotFixture hot =
      new HotFixture().withPartitions(8).withHeartbeatEvery(Duration.ofMillis(20));
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private int written;

  @AfterEach
  void close() {
    hot.close();
  }

  @Test
  void a_broker_that_forgets_markers_loses_nothing_and_holds_nothing_up() throws Exception {
    for (int table = 0; table < TABLES; table++) {
      hot.root("public.t" + table, "id int primary key, at timestamp");
    }
    hot.provision().start(new CaptureOptions(false, Duration.ofSeconds(1)), FailPoint.NONE);
    hot.awaitPassed();

    for (int kill = 0; kill < kills; kill++) {
      writing.set(true);
      Thread writer = new Thread(this::write, "writer");
      writer.start();
      // When exactly is the point.
      TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(300));
      HotFixture.kafka().kill();
      writing.set(false);
      writer.join();
      HotFixture.kafka().start();
      hot.awaitPassed();
      nothingHangs();
    }

    for (int table = 0; table < TABLES; table++) {
      assertThat(ids("public.t" + table)).isEqualTo(IntStream.range(0, written).boxed().toList());
    }
    System.out.printf(
        "%d kills of the broker, %d rows in each of %d tables: %s%n",
        kills, written, TABLES, ended());
  }

  private void write() {
    try (Connection connection = hot.connect();
        Statement statement = connection.createStatement()) {
      while (writing.get()) {
        StringBuilder all = new StringBuilder();
        int from = written;
        for (int table = 0; table < TABLES; table++) {
          all.append(
              "INSERT INTO t%d SELECT i, NULL FROM generate_series(%d, %d) i;"
                  .formatted(table, from, from + 9));
        }
        statement.execute(all.toString());
        written += 10;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void nothingHangs() throws Exception {
    try (LostMarkers markers = new LostMarkers(hot.settings())) {
      for (int table = 0; table < TABLES; table++) {
        String topic = hot.topics().prefix() + ".public.t" + table;
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(markers.open(topic)).noneMatch(open -> open.hangs()));
      }
    }
  }

  private List<Integer> ids(String table) {
    Collection<Integer> all =
        hot.topic(table).told("id").stream()
            .map(told -> Integer.valueOf(told.substring("c ".length())))
            .collect(Collectors.toCollection(ArrayList::new));
    return all.stream().sorted().toList();
  }

  private String ended() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + hot.running().healthPort() + "/metrics"))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("archive_capture_hanging"))
        .collect(Collectors.joining(" "));
  }
}
