package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables that PostgreSQL allows and hardly anybody makes do not stop the others. */
class OddTablesTest {
  private final HotFixture hot = new HotFixture().withPartitions(1);

  @AfterEach
  void close() {
    hot.close();
  }

  @Test
  void a_published_table_without_columns_is_passed_over() {
    hot.root("public.orders", "id int primary key, at timestamp, note text").provision();
    hot.sql("CREATE TABLE nothing ()");
    hot.sql(
        "ALTER PUBLICATION %s ADD TABLE nothing".formatted(hot.settings().capture().publication()));
    hot.startAndPass();
    hot.sql("INSERT INTO nothing DEFAULT VALUES");
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'goes on')");
    hot.awaitPassed();

    assertThat(hot.topic("public.orders").told("note")).containsExactly("c goes on");
  }
}
