package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.sink.apply.IncompatibleTableException;
import java.sql.SQLException;
import java.util.Set;

/** Tells which change of a hot table its archive cannot follow, and the way out. */
public final class TableChange {
  private static final String TEXT = "text";
  private static final Set<String> SMALLER_INTEGERS = Set.of("integer", "smallint");

  private TableChange() {}

  /**
   * Refuses a version that contradicts what the archive has.
   *
   * @param there the table's columns and key as the archive has them
   */
  public static void refuse(TableSchema version, TableSchema there) {
    TableId table = version.table();
    if (!version.key().equals(there.key())) {
      throw stopped(
          "the key of %s is (%s) in version %d, and (%s) in the archive"
              .formatted(
                  table,
                  String.join(", ", version.key()),
                  version.version(),
                  String.join(", ", there.key())),
          "As the archive's owner run SELECT arc.set_aside_table(%s), which keeps all its rows, and then './archive capture --new-epoch'; or restore the key in hot"
              .formatted(name(table)));
    }
    for (ColumnSchema column : version.columns()) {
      int present = there.indexOf(column.name());
      if (present >= 0 && !takes(there.columns().get(present).type(), column.type())) {
        throw stopped(
            "column %s of %s is %s in version %d, and %s in the archive"
                .formatted(
                    column.name(),
                    table,
                    column.type(),
                    version.version(),
                    there.columns().get(present).type()),
            "As the archive's owner run SELECT arc.retype_column(%s, %s), which makes the archive's column text; or undo the change in hot"
                .formatted(name(table), Sql.literal(column.name())));
      }
    }
  }

  /** The version's DDL was refused by the archive database. */
  public static IncompatibleTableException refusedByArchive(TableSchema version, SQLException e) {
    return new IncompatibleTableException(
        sentence(
            "version %d of %s is refused by the archive: %s"
                .formatted(version.version(), version.table(), Failures.sentence(e)),
            SqlState.DUPLICATE_TABLE.equals(e.getSQLState())
                ? "As the archive's owner give what has that name another one (ALTER TABLE, VIEW or SEQUENCE … RENAME TO …), and drop nothing: it may hold records"
                : "Change in the archive what refuses it, and drop nothing that holds records"),
        e);
  }

  /** The policy's age column cannot be one. */
  public static IncompatibleTableException notAnAge(TableSchema version, ColumnSchema age) {
    return stopped(
        "the age column %s of %s is %s in version %d; an age is a date, a timestamp or a timestamptz"
            .formatted(age.name(), version.table(), age.hotType(), version.version()),
        "Correct the policy, or undo the change in hot");
  }

  /** Whether a column of the archive keeps every value of a hot type as hot wrote it. */
  private static boolean takes(String present, String wanted) {
    return present.equals(wanted)
        || present.equals(TEXT)
        || (present.equals("bigint") && SMALLER_INTEGERS.contains(wanted));
  }

  private static IncompatibleTableException stopped(String what, String way) {
    return new IncompatibleTableException(sentence(what, way));
  }

  private static String sentence(String what, String way) {
    return "%s: nothing of it has been applied, the table waits and its purge is held, all others go on. %s; the sink tries again every 10 s."
        .formatted(Character.toUpperCase(what.charAt(0)) + what.substring(1), way);
  }

  private static String name(TableId table) {
    return Sql.literal(table.schema()) + ", " + Sql.literal(table.name());
  }
}
