package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.process.FrozenServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers go away, or say that they cannot now: the sink waits and then goes on by itself. */
class OutageTest {
  private static final String HOLDS =
      "SELECT scope, reason FROM arc.purge_hold WHERE released_at IS NULL";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private SinkFixture fixture;
  private TestCapture capture;

  @BeforeEach
  void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void an_archive_that_dies_in_the_middle_of_a_batch_gets_every_change_once() throws Exception {
    PostgresServer archive = SinkStack.get().archive();
    AtomicBoolean killed = new AtomicBoolean();
    write(0, 300);
    SinkService sink =
        fixture.startSink(
            at -> {
              if (at == FailPoint.Boundary.MERGED && killed.compareAndSet(false, true)) {
                archive.kill();
              }
            },
            150);
    try {
      await().atMost(PATIENCE).until(() -> sink.state() instanceof LoopState.Waiting);
    } finally {
      archive.start();
    }
    write(300, 400);
    fixture.awaitApplied();

    assertAllApplied(400);
    assertThat(sink.state().ready()).isTrue();
  }

  @Test
  void a_broker_that_dies_and_comes_back_is_read_on() throws Exception {
    KafkaServer kafka = SinkStack.get().kafka();
    write(0, 200);
    SinkService sink = fixture.startSink(FailPoint.NONE, 50);
    fixture.awaitApplied();

    kafka.kill();
    try {
      assertThat(sink.state().ended()).isFalse();
    } finally {
      kafka.start();
    }
    write(200, 300);
    fixture.awaitApplied();

    assertAllApplied(300);
    assertThat(sink.state().ended()).isFalse();
  }

  @Test
  void a_sink_ends_in_time_while_the_broker_is_dead_and_goes_on_afterwards() throws Exception {
    KafkaServer kafka = SinkStack.get().kafka();
    write(0, 200);
    SinkService reading = fixture.startSink(FailPoint.NONE, 50);
    fixture.awaitApplied();
    kafka.kill();
    try {
      endsInTime(reading);
      endsInTime(fixture.startSink());
    } finally {
      kafka.start();
    }
    goesOn();
  }

  @Test
  void a_sink_ends_in_time_while_the_broker_hangs_and_goes_on_afterwards() throws Exception {
    write(0, 200);
    SinkService reading = fixture.startSink(FailPoint.NONE, 50);
    fixture.awaitApplied();
    long kafka = SinkStack.get().kafka().pid();
    FrozenServer.freeze(kafka);
    try {
      endsInTime(reading);
      endsInTime(fixture.startSink());
    } finally {
      FrozenServer.thaw(kafka);
    }
    goesOn();
  }

  private static void endsInTime(SinkService sink) {
    sink.stop();
    await().atMost(Duration.ofSeconds(10)).until(() -> sink.state().ended());
    assertThat(sink.state()).isInstanceOf(LoopState.Stopped.class);
    sink.close();
  }

  private void goesOn() throws Exception {
    write(200, 300);
    SinkService sink = fixture.startSink(FailPoint.NONE, 50);
    fixture.awaitApplied();

    assertAllApplied(300);
    assertThat(sink.state().ended()).isFalse();
  }

  @Test
  void when_the_answer_to_a_commit_is_lost_the_positions_tell() throws Exception {
    fixture.run(
        """
        SELECT arc.ensure_table('public', 'orders', '{id,note,at}', '{bigint,text,timestamp}', '{id}', true);
        CREATE TABLE merged (id bigint, lsn pg_lsn);
        CREATE FUNCTION merged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$BEGIN INSERT INTO public.merged VALUES (NEW.id, NEW.arc_lsn); RETURN NULL; END$$;
        CREATE TRIGGER merged AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION merged();
        """);
    write(0, 300);
    AtomicBoolean once = new AtomicBoolean();
    try (LosingProxy proxy = new LosingProxy(SinkStack.get().archive().port())) {
      SinkService sink =
          fixture.startSinkThrough(
              proxy.port(),
              at -> {
                if (at == FailPoint.Boundary.COMMITTING && once.compareAndSet(false, true)) {
                  proxy.loseNextAnswer();
                }
              });
      fixture.awaitApplied();

      assertThat(once).isTrue();
      assertThat(proxy.hasLost()).isTrue();
      assertThat(sink.state().ended()).isFalse();
    }
    assertAllApplied(300);
    assertThat(fixture.query("SELECT id FROM merged GROUP BY id, lsn HAVING count(*) > 1"))
        .isEmpty();
  }

  @Test
  void what_passes_by_itself_is_waited_for_and_nothing_is_set_aside() throws Exception {
    SinkService sink = startedSinkThatCanBeRefused();
    int id = 0;
    for (String state :
        List.of("53100", "53200", "53300", "40001", "40P01", "55P03", "57P01", "25006", "08006")) {
      fixture.run("INSERT INTO refusal VALUES ('" + state + "')");
      String next = String.valueOf(++id);
      capture.commit(() -> capture.create(ORDERS_V1, next, "n", null));
      await().atMost(PATIENCE).until(() -> sink.state() instanceof LoopState.Waiting);
      assertThat(sink.state().describe()).contains(state);

      fixture.run("TRUNCATE refusal");
      fixture.awaitApplied();
    }
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly(String.valueOf(id));
    assertThat(fixture.query("SELECT * FROM arc.quarantine")).isEmpty();
  }

  @Test
  void what_a_person_must_mend_holds_its_table_and_nothing_is_passed_over() throws Exception {
    SinkService sink = startedSinkThatCanBeRefused();
    for (String state : List.of("42703", "XX001")) {
      fixture.run("INSERT INTO refusal VALUES ('" + state + "')");
      capture.commit(() -> capture.create(ORDERS_V1, state.replaceAll("\\D", "9"), "n", null));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(fixture.query(HOLDS))
                      .singleElement()
                      .asString()
                      .startsWith("public.orders|")
                      .contains(state));
      assertThat(sink.state()).isInstanceOf(LoopState.Running.class);

      fixture.run("TRUNCATE refusal");
      fixture.awaitApplied();
      await().atMost(PATIENCE).until(() -> fixture.query(HOLDS).isEmpty());
    }
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("2");
    assertThat(fixture.query("SELECT * FROM arc.quarantine")).isEmpty();
  }

  private SinkService startedSinkThatCanBeRefused() throws Exception {
    fixture.run(
        """
        SELECT arc.ensure_table('public', 'orders', '{id,note,at}', '{bigint,text,timestamp}', '{id}', true);
        CREATE TABLE IF NOT EXISTS refusal (state text);
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$BEGIN
          IF EXISTS (SELECT FROM public.refusal) THEN
            RAISE EXCEPTION 'refused' USING ERRCODE = (SELECT state FROM public.refusal);
          END IF;
          RETURN NEW;
        END$$;
        CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION refuse();
        """);
    SinkService sink = fixture.startSink();
    await().atMost(PATIENCE).until(() -> sink.state().ready());
    return sink;
  }

  private void write(int from, int to) {
    for (int id = from; id < to; id += 50) {
      int begin = id;
      capture.commit(
          () -> {
            for (int i = begin; i < begin + 50; i++) {
              capture.create(ORDERS_V1, String.valueOf(i), "n" + i, "2026-05-06 07:08:09");
            }
            capture.depart(
                ORDERS_V1,
                DepartureCause.DELETED,
                String.valueOf(begin),
                "n" + begin,
                "2026-05-06 07:08:09");
          });
    }
  }

  private void assertAllApplied(int rows) throws Exception {
    assertThat(fixture.query("SELECT count(*), count(DISTINCT id) FROM orders"))
        .containsExactly((rows - rows / 50) + "|" + (rows - rows / 50));
    assertThat(fixture.query("SELECT count(*) FROM public_cold.orders WHERE arc_cause = 'deleted'"))
        .containsExactly(String.valueOf(rows / 50));
    assertThat(fixture.query("SELECT * FROM public_cold.orders WHERE arc_cause = 'unseen'"))
        .isEmpty();
  }
}
