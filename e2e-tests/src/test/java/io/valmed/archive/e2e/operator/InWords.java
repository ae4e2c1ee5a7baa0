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
   * @param said what the sentence says; its first group, if any, is the table
   * @param sql what is done; {@code %s} is the table, or capture's role
   */
  private record Repair(Pattern said, String sql) {}

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
          new Repair(Pattern.compile("'ALTER ROLE … BYPASSRLS'"), "ALTER ROLE %s BYPASSRLS"));

  private InWords() {}

  /** Puts right what the sentence tells; returns what was done. */
  static List<String> follow(String sentence, Scene scene) throws SQLException {
    String role = scene.installation().settings().capture().slot() + "_capture";
    List<String> done = new ArrayList<>();
    for (Repair repair : REPAIRS) {
      Matcher said = repair.said().matcher(sentence);
      if (said.find()) {
        String sql = repair.sql().formatted(said.groupCount() > 0 ? said.group(1) : role);
        scene.installation().inHot(sql);
        done.add("SQL: " + said.group().substring(0, Math.min(60, said.group().length())));
      }
    }
    return done;
  }
}
