package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.jdbc.DigestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows have the same digest if, and only if, all their columns have the same text. */
class RowDigestTest {
  private static TestDatabase database;

  @BeforeAll
  static void aTypeOfTheUsersOwn() throws SQLException {
    database = TestDatabase.copyOf(TestServers.hotTemplate(), TestServers.freshName());
    database.run("CREATE TYPE public.pair AS (a int, b int)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'ab', 'c'                          | 'a', 'bc'",
        "'a', ''                            | '', 'a'",
        "NULL::text, 'a'                    | '', 'a'",
        "NULL::text, 'a'                    | 'a', NULL::text",
        "1, NULL::public.pair               | 1, ROW(NULL, NULL)::public.pair",
        "1, ROW(1, NULL)::public.pair       | 1, NULL::public.pair",
        "1, ROW(1, NULL)::public.pair       | 1, ROW(NULL, 1)::public.pair",
        "1, ARRAY[]::text[]                 | 1, ARRAY[NULL]::text[]",
        "1, 1.0                             | 1, 1.00",
        "1, 'a  '::char(3)                  | 1, 'a'::bpchar",
        "1, '-0'::float8                    | 1, '0'::float8",
        "1, '10.0.0.1/32'::inet             | 1, '10.0.0.1/31'::inet"
      })
  void rows_that_differ_in_any_way_have_other_digests(String one, String other) throws Exception {
    assertThat(digest(one)).isNotEqualTo(digest(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1::smallint, 'a'::varchar          | 1::bigint, 'a'::text",
        "true, 'a  '::char(3)               | 't'::text, 'a  '::bpchar",
        "1, ROW(1, NULL)::public.pair       | 1, '(1,)'::text",
        "1, '2026-11-23 10:00+02'::timestamptz | 1, '2026-11-23 08:00:00+00'::text",
        "B'101'::bit(3), 'x'::name          | B'101'::bit varying, 'x'::text"
      })
  void equal_texts_of_other_types_have_the_same(String one, String other) throws Exception {
    assertThat(digest(one)).isEqualTo(digest(other));
  }

  @Test
  void a_digest_has_32_bytes_whatever_the_row() throws Exception {
    assertThat(digest("NULL::int, NULL::text")).hasSize(64);
  }

  private static String digest(String values) throws Exception {
    try (Connection connection =
        DigestSession.open(database.superuser(), "digests", Duration.ZERO)) {
      return DigestSession.ask(
          connection,
          "SELECT encode(%s, 'hex') FROM (SELECT %s) AS r (one, other)"
              .formatted(RowDigest.expression("r", List.of("one", "other")), values));
    }
  }
}
