package io.valmed.archive.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the archive's owner does when a hot table has changed. */
class ChangedTablesTest {
  private static TestDatabase archive;

  @BeforeAll
  static void migrate() throws SQLException {
    archive = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, archive.superuser()).up();
  }

  @Test
  void a_retyped_column_keeps_the_text_that_hot_wrote_and_takes_every_type() throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('public', 'kinds', '{id,flag,code,host,amount,at}',
          '{bigint,boolean,bpchar,inet,numeric,timestamp with time zone}', '{id}', true);
        SET TimeZone = 'Asia/Tokyo';
        INSERT INTO public.kinds VALUES (1, true, 'a  ', '10.0.0.1', 'NaN', '2026-01-02 03:04:05+00', 1, 1, '0/1');
        INSERT INTO public.kinds VALUES (2, NULL, NULL, NULL, NULL, NULL, 1, 1, '0/1');
        INSERT INTO public_cold.kinds (id, flag, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        VALUES (3, false, 1, 1, '0/1', 'deleted', '-infinity');
        SELECT arc.ensure_column('public', 'kinds', 'late', 'boolean', 't');
        SELECT arc.retype_column('public', 'kinds', c) FROM unnest('{id,flag,code,host,amount,at,late}'::text[]) AS c;
        INSERT INTO public.kinds (id, arc_version, arc_epoch, arc_lsn) VALUES ('4', 1, 1, '0/1');
        SELECT arc.ensure_table('public', 'kinds', '{id,flag,code,host,amount,at}', '{uuid,int,text,text,bytea,date}', '{id}', true);
        """);

    assertThat(
            archive.list(
                "SELECT concat_ws('|', id, flag, '<' || code || '>', host, amount, at, late) FROM public.kinds ORDER BY id"))
        .containsExactly("1|t|<a  >|10.0.0.1|NaN|2026-01-02 03:04:05+00|t", "2|t", "4|t");
    assertThat(archive.list("SELECT flag FROM public_cold.kinds")).containsExactly("f");
    assertThat(
            archive.list(
                "SELECT DISTINCT format_type(atttypid, -1) FROM pg_attribute WHERE attname = 'flag'"
                    + " AND attrelid IN ('public.kinds'::regclass, 'public_cold.kinds'::regclass, 'public_cold.kinds_undated'::regclass)"))
        .containsExactly("text");
  }

  @Test
  void bigint_takes_the_smaller_integers_and_nothing_else() throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('public', 'counts', '{id,n}', '{bigint,bigint}', '{id}', false);
        SELECT arc.ensure_table('public', 'counts', '{id,n}', '{integer,smallint}', '{id}', false);
        """);

    for (String type : List.of("numeric", "real", "text")) {
      assertThatThrownBy(
              () ->
                  archive.run(
                      "SELECT arc.ensure_column('public', 'counts', 'n', '" + type + "', NULL)"))
          .hasMessageContaining("cannot become " + type);
    }
  }

  @Test
  void a_table_set_aside_keeps_every_row_and_makes_room_for_another_key() throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('Odd s', 'keyed', '{id,code}', '{int,text}', '{id}', true);
        SELECT arc.ensure_partition('Odd s', 'keyed', '2026-01-01');
        INSERT INTO "Odd s".keyed VALUES (1, 'stands', 1, 1, '0/1'), (2, 'reused', 1, 1, '0/9');
        INSERT INTO "Odd s_cold".keyed (id, code, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        VALUES (2, 'left', 1, 1, '0/9', 'unseen', '-infinity'), (3, 'left', 1, 1, '0/9', 'deleted', '2026-01-02');
        INSERT INTO arc.table_version VALUES ('Odd s', 'keyed', 4, now(), '[]');
        """);
    String setAside = "SELECT arc.set_aside_table('Odd s', 'keyed')";
    assertThatThrownBy(() -> archive.run(setAside)).hasMessageContaining("has not stopped");
    archive.run(
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'dba'), ('\"Odd s\".keyed', 'x', 'archive-sink')");

    List<String> name = archive.list(setAside);
    archive.run(
        """
        SELECT arc.ensure_table('Odd s', 'keyed', '{id,code}', '{int,text}', '{code}', true);
        SELECT arc.ensure_partition('Odd s', 'keyed', '2026-01-01');
        """);

    assertThat(name).containsExactly("arc_aside_1.keyed");
    assertThat(
            archive.list(
                "SELECT concat_ws('|', id, code, arc_lsn, arc_cause) FROM arc_aside_1.keyed ORDER BY id, arc_lsn"))
        .containsExactly(
            "1|stands|FFFFFFFF/FFFFFFFF|unseen",
            "2|left|0/9|unseen",
            "2|reused|FFFFFFFF/FFFFFFFF|unseen",
            "3|left|0/9|deleted");
    assertThat(archive.list("SELECT * FROM \"Odd s\".keyed")).isEmpty();
    assertThat(
            archive.list(
                "SELECT concat_ws('|', schema_name, table_name, key, last_version) FROM arc.aside_table"))
        .containsExactly("Odd s|keyed|{id}|4");
    assertThat(
            archive.list(
                "SELECT concat_ws('|', has_table_privilege('arc_reader_group', 'arc_aside_1.keyed', 'SELECT'), has_table_privilege('arc_sink_group', 'arc_aside_1.keyed', 'INSERT'))"))
        .containsExactly("t|f");
  }

  @Test
  void only_the_archives_owner_may_do_either() {
    for (String call :
        List.of(
            "arc.retype_column('public', 'kinds', 'flag')",
            "arc.set_aside_table('public', 'kinds')")) {
      assertThatThrownBy(() -> archive.run("SET ROLE arc_sink_group; SELECT " + call))
          .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("42501"));
    }
  }

  @Test
  void what_is_not_hots_is_not_retyped() {
    for (String call :
        List.of(
            "arc.retype_column('public', 'nowhere', 'x')",
            "arc.retype_column('arc', 'epoch', 'timeline')",
            "arc.retype_column('public', 'kinds', 'arc_lsn')")) {
      assertThatThrownBy(() -> archive.run("SELECT " + call))
          .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("42703"));
    }
  }
}
