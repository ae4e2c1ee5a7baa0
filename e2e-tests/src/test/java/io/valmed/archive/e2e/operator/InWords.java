package io.valmed.archive.e2e.operator;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What sentences tell in words, and whoever owns hot does in SQL before the commands. */
final class InWords {

  /**
   * Something to put right.
   *
   * @param said what the sentence says; its first group is the table, or whose role
   * @param sql what is done, to that and with the installation's name, one after the other
   */
  private record Repair(Pattern said, List<String> sql) {
    Repair(Pattern said, String sql) {
      this(said, List.of(sql));
    }
  }

  private static final List<Repair> REPAIRS =
      List.of(
          new Repair(
              Pattern.compile("Table (\\S+) has a deferrable primary key.*NOT DEFERRABLE"),
              """
              DO $$ DECLARE key text; BEGIN
                SELECT conname INTO key FROM pg_constraint WHERE conrelid = '%1$s'::regclass AND contype = 'p' AND condeferrable;
                IF key IS NOT NULL THEN
                  EXECUTE format('ALTER TABLE %1$s DROP CONSTRAINT %%I, ADD PRIMARY KEY (id)', key);
                END IF;
              END $$
              """),
          new Repair(
              Pattern.compile(
                  "(\\S+) has the column id of type \\S*citext in its primary key.*give the table a key of another type"),
              "ALTER TABLE %1$s ALTER id TYPE int USING id::text::int"),
          new Repair(
              Pattern.compile("run (CREATE INDEX CONCURRENTLY ON [^;']+?\\([^)]+\\))"), "%1$s"),
          new Repair(
              Pattern.compile(
                  "'ALTER ROLE … BYPASSRLS' in hot for the role of 'hot\\.(\\w+)\\.user'"),
              "ALTER ROLE %2$s_%1$s BYPASSRLS"),
          new Repair(
              Pattern.compile(
                  "synchronized_standby_slots names (\\S+), which no standby uses now.*take the name out of the setting and reload hot"),
              List.of("ALTER SYSTEM RESET synchronized_standby_slots", "SELECT pg_reload_conf()")));

  private InWords() {}

  /** Puts right what the sentence tells; returns what was done. */
  static List<String> follow(String sentence, Scene scene) throws SQLException {
    List<String> done = new ArrayList<>();
    for (Repair repair : REPAIRS) {
      Matcher said = repair.said().matcher(sentence);
      if (said.find()) {
        for (String sql : repair.sql()) {
          scene.installation().inHot(sql.formatted(said.group(1), scene.slot()));
        }
        done.add("SQL: " + said.group().substring(0, Math.min(60, said.group().length())));
      }
    }
    return done;
  }
}
