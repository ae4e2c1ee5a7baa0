package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.jdbc.TextArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys pass as arrays without changing. */
class TextArrayTest {
  private static final List<String> ODD =
      List.of("", " ", "a,b", "{}", "NULL", "a\"b", "a\\b", "it's", "\"", "\\", "ä\n\t");

  @Test
  void what_is_written_is_read() {
    assertThat(TextArray.read(TextArray.write(ODD))).isEqualTo(ODD);
    assertThat(TextArray.read(TextArray.write(List.of("")))).containsExactly("");
    assertThat(TextArray.read("{}")).isEmpty();
  }

  @Test
  void what_the_server_writes_is_read() throws Exception {
    String written =
        "SELECT array_agg(x)::text FROM unnest('%s'::text[]) AS x"
            .formatted(TextArray.write(ODD).replace("'", "''"));

    List<String> server = TestServers.hotTemplate().list(written);

    assertThat(TextArray.read(server.get(0))).isEqualTo(ODD);
    assertThat(TextArray.read("{a,b-1}")).containsExactly("a", "b-1");
  }
}
