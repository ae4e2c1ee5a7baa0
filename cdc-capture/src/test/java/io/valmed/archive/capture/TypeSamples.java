package io.valmed.archive.capture;

import io.valmed.archive.capture.ExactTypesTest.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Types with their edge values. */
final class TypeSamples {
  static final List<String> EXTENSIONS = List.of("hstore", "citext", "ltree");

  static final String DEFINITIONS =
      """
      CREATE TYPE mood AS ENUM ('sad', 'it''s "ok", {fine}', 'happy');
      CREATE DOMAIN dose AS numeric(8, 3) CHECK (value > 0);
      CREATE DOMAIN feeling AS mood;
      CREATE TYPE pair AS (a int, b text, c timestamptz);
      """;

  /** The first and the last letter that a text may hold of each of Unicode's 17 planes. */
  private static final String ALL_PLANES =
      IntStream.rangeClosed(0, 16)
          .mapToObj(
              plane -> "chr(%d) || chr(%d)".formatted((plane << 16) + 1, (plane << 16) + 0xFFFD))
          .collect(Collectors.joining(" || ", "", ""));

  private static final List<Sample> all = new ArrayList<>();

  static {
    type("smallint", "bigint", "-32768", "32767", "0");
    type("integer DEFAULT 7", "bigint", "-2147483648", "2147483647", "NULL");
    type("bigint", "-9223372036854775808", "9223372036854775807");
    type("oid", "4294967295", "0");
    type(
        "numeric",
        "'NaN'",
        "'Infinity'",
        "'-Infinity'",
        "1.500",
        "-0.000",
        "1e-30",
        "('1' || repeat('0', 999))::numeric",
        "(repeat('9', 500) || '.' || repeat('1', 500))::numeric");
    type("numeric(10,2) DEFAULT 1.5", "numeric", "1.5", "-99999999.99", "'NaN'", "NULL");
    type(
        "real",
        "'NaN'",
        "'Infinity'",
        "'-Infinity'",
        "'-0'",
        "1e-45",
        "3.4028235e38",
        "0.1",
        "1e6",
        "123456.7",
        "1e-5",
        "16777216");
    type(
        "double precision",
        "'NaN'",
        "'Infinity'",
        "'-Infinity'",
        "'-0'",
        "5e-324",
        "1.7976931348623157e308",
        "0.1",
        "1e15",
        "123456789012345680",
        "1e-5",
        "9007199254740993",
        "2.2250738585072014e-308",
        "5e-14");
    type("money", "'-92233720368547758.08'", "'92233720368547758.07'", "1234.5");
    type("boolean DEFAULT true", "boolean", "true", "false", "NULL");
    type(
        "text DEFAULT 'd'",
        "text",
        "''",
        "'NULL'",
        "E'a\\tb\\nc\\\\d\\rE\\b\\f\\v'",
        "'\\N'",
        "'\\.'",
        "'😀 𝔘 ñ \"quoted\" ''single'''",
        "E'\\u0001\\u007f\\u0080\\u2028\\ufeff'",
        ALL_PLANES,
        "repeat('0123456789abcdef', 65536)",
        "repeat('€', 350000)",
        "'unchanged toast'",
        "NULL");
    type("varchar(20)", "text", "'  padded  '", "''");
    type("char(5)", "bpchar", "'ab'", "''", "'abcde'");
    type("\"char\"", "\"char\"", "'x'", "''", "E'\\\\200'");
    type("name", "text", "'a name'");
    type("bytea", "bytea", "'\\x'", "'\\x00ff5c0a'", "decode(repeat('00ff', 3000), 'hex')");
    type(
        "date",
        "'infinity'",
        "'-infinity'",
        "'4713-01-01 BC'",
        "'5874897-12-31'",
        "'0001-01-01'",
        "'1582-10-10'",
        "'2024-02-29'");
    type("time", "time without time zone", "'00:00'", "'24:00:00'", "'23:59:59.999999'");
    type("time(2)", "time without time zone", "'23:59:59.99'");
    type(
        "timetz",
        "time with time zone",
        "'24:00:00+15:59:59'",
        "'00:00:00.000001-15:59:59'",
        "'12:00+05:30'",
        "'12:00:00.5-00:00:01'",
        "'00:00+14'",
        "'23:59:59.999999-12:45'");
    type(
        "timestamp DEFAULT now()",
        "timestamp without time zone",
        "'infinity'",
        "'-infinity'",
        "'4713-01-01 00:00:00 BC'",
        "'294276-12-31 23:59:59.999999'",
        "'1582-10-10 12:00'",
        "'1883-11-18 12:03:57'",
        "'2024-03-31 02:30:00.000001'",
        "NULL");
    type(
        "timestamptz",
        "timestamp with time zone",
        "'infinity'",
        "'-infinity'",
        "'4713-01-01 00:00:00+00 BC'",
        "'294276-12-31 23:59:59.999999+00'",
        "'2024-03-31 02:30:00+02'",
        "'1900-01-01 00:00:00+00'",
        "'0001-01-01 00:00:00+00'",
        "'2024-01-01 00:00:00+15:59:59'",
        "'2024-01-01 00:00:00-15:59:59'");
    type(
        "interval",
        "'0'",
        "'178000000 years'",
        "'-178000000 years'",
        "'1 year -2 months 3 days -04:05:06.789'",
        "'1 mon 31 days'",
        "'-00:00:00.000001'",
        "'infinity'",
        "'2562047788 hours'");
    type("interval day to second(3)", "interval", "'1 2:03:04.567'");
    type(
        "interval",
        "'1 year 2 mons 3 days 04:05:06.000007'",
        "'-1 year -2 mons +3 days -04:05:06.000007'",
        "'-infinity'",
        "'00:00:00.1'",
        "'-178000000 years -11 mons'",
        "'10000000 days'");
    type("interval year to month", "interval", "'3 years 4 mons'");
    type(
        "uuid", "'00000000-0000-0000-0000-000000000000'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'");
    type(
        "json",
        "'{\"a\":1, \"a\" : 2,\"b\":[1e400, null]}'",
        "' \"\\u00e9\\ud83d\\ude00\" '",
        "'null'");
    type("jsonb", "'{\"b\":1,\"a\":{\"c\":[1,2.50,\"\\u00e9\"]}}'", "'null'", "'1e3'");
    type("jsonpath", "'$.a[*] ? (@ > 1)'");
    type("xml", "'<a b=\"1\">text<!-- c --></a>'", "'plain <b/> content'");
    type("bit(5)", "bit varying", "B'10101'", "B'00000'");
    type("varbit", "bit varying", "B''", "B'1'", "B'101010101010101010101'");
    type("inet", "'10.0.0.1'", "'10.0.0.1/8'", "'::1'", "'2001:db8::/32'");
    type("cidr", "'10.0.0.0/8'", "'2001:db8::/32'");
    type("macaddr", "'08:00:2b:01:02:03'");
    type("macaddr8", "'08:00:2b:01:02:03:04:05'");
    type("point", "'(1.5,-2)'", "'(Infinity,NaN)'", "'(0.1,1e300)'");
    type("line", "'{1,-2,3.5}'");
    type("lseg", "'[(0,0),(1,1)]'");
    type("box", "'(1,1),(0,0)'");
    type("path", "'[(0,0),(1,1)]'", "'((0,0),(1,1),(2,0))'");
    type("polygon", "'((0,0),(1,1),(2,0))'");
    type("circle", "'<(1,2),3.5>'");
    type("tsvector", "'a:1A fat:2B,4C ''quo ted'''", "''");
    type("tsquery", "'fat & (rat | !cat:AB)'", "'a <-> b'");
    type("pg_lsn", "'16/B374D848'", "'0/0'", "'FFFFFFFF/FFFFFFFF'");
    type("int GENERATED BY DEFAULT AS IDENTITY", "bigint", "5", "DEFAULT");
    type("int8range", "'[-9223372036854775808,9223372036854775807)'");
    type("tsrange", "'(-infinity,2024-01-01 00:00:00.000001]'");
    type("nummultirange", "'{[1.0,1.00],(2,)}'");
    type("tstzmultirange[]", "ARRAY['{[2024-01-01 00:00+05:30,infinity)}'::tstzmultirange]");
    type("txid_snapshot", "'10:20:10,14'");
    type("int4range", "'[1,10)'", "'empty'", "'(,)'");
    type("numrange", "'[1.50,\"2.0\"]'", "'(,5)'");
    type("tstzrange", "'[2024-01-01 00:00+05:30,infinity)'");
    type("daterange", "'[2024-01-01,2024-02-01]'");
    type("int8multirange", "'{[1,3),[5,9)}'", "'{}'");
    type("datemultirange", "'{[2024-01-01,2024-02-01),[2025-01-01,)}'");
    type("int[]", "bigint[]", "'{}'", "'{1,NULL,-3}'", "'{{1,2},{3,4}}'", "'[-1:1]={7,8,9}'");
    type(
        "text[]",
        "text[]",
        "'{\"a,b\",\"\",\"NULL\",NULL,\"q\\\"\\\\\",\" s \"}'",
        "ARRAY[E'\\n', '😀']");
    type("timestamptz[]", "timestamp with time zone[]", "'{infinity,\"2024-01-01 00:00+05:30\"}'");
    type("numeric(5,1)[]", "numeric[]", "'{NaN,1.0,-9999.9}'");
    type("bytea[]", "bytea[]", "ARRAY['\\x00'::bytea, '\\x']");
    type("varchar(3)[]", "text[]", "'{a,NULL,\"\"}'");
    type("smallint[][]", "bigint[]", "'{{1},{2}}'", "'[0:0][2:3]={{1,NULL}}'");
    type("name[]", "text[]", "'{a,b}'");
    type("char(3)[]", "bpchar[]", "'{a,bcd}'");
    type("bit(3)[]", "bit varying[]", "'{101,000}'");
    type("jsonb[]", "jsonb[]", "ARRAY['{\"a\":\"b,c\"}'::jsonb]");
    type("double precision[]", "double precision[]", "'{NaN,-0,1e-300}'");
    type("mood", "text", "'sad'", "'it''s \"ok\", {fine}'");
    type("mood[]", "text", "'{sad,NULL,happy}'");
    type("dose DEFAULT 1", "numeric", "1.5", "99999.999", "NULL");
    type("feeling", "text", "'happy'");
    type("dose[]", "text", "'{1.5,2}'");
    type(
        "pair",
        "text",
        "ROW(1, 'a \"b\", (c)', '2024-01-01 00:00+05:30')",
        "ROW(NULL, '', 'infinity')");
    type("pair[]", "text", "ARRAY[ROW(1, 'x', NULL)::pair]");
    type("hstore", "text", "'a=>1, \"b c\"=>NULL, \"\"=>\"\\\"\"'", "''");
    type("citext", "text", "'MiXed'");
    type("ltree", "text", "'Top.Science.Astronomy'");
    type("int GENERATED ALWAYS AS (id * 2) STORED", "bigint", "0");
    type("text COLLATE \"C\"", "text", "'Zz'");
  }

  private TypeSamples() {}

  static List<Sample> all() {
    return List.copyOf(all);
  }

  static String column(Sample sample) {
    return "c" + all.indexOf(sample);
  }

  /** The columns of a table that has one of every type. */
  static String columns() {
    return "id int primary key, at timestamp, "
        + all.stream()
            .map(sample -> column(sample) + " " + sample.hotType())
            .collect(Collectors.joining(", "));
  }

  /** Statements that insert every value into such a table. */
  static String inserts(String table, int firstId) {
    int rows = all.stream().mapToInt(sample -> sample.values().size()).max().orElseThrow();
    return IntStream.range(0, rows)
        .mapToObj(row -> insert(table, row, firstId + row))
        .collect(Collectors.joining(";"));
  }

  private static String insert(String table, int row, int id) {
    List<String> values = new ArrayList<>();
    for (Sample sample : all) {
      boolean generated = sample.hotType().contains("GENERATED");
      values.add(
          generated ? "DEFAULT" : row < sample.values().size() ? sample.values().get(row) : "NULL");
    }
    return "INSERT INTO %s VALUES (%d, NULL, %s)".formatted(table, id, String.join(", ", values));
  }

  private static void type(String hotType, String... values) {
    boolean named = values.length > 1 && !values[0].startsWith("'") && isTypeName(values[0]);
    all.add(
        named
            ? new Sample(hotType, values[0], List.of(values).subList(1, values.length))
            : new Sample(hotType, hotType, List.of(values)));
  }

  /** The second argument may be the archive's type, where it differs from hot's. */
  private static boolean isTypeName(String text) {
    return text.matches("\"?[a-z][a-z \"]*(\\[])?");
  }
}
