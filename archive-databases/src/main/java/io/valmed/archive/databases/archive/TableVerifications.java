package io.valmed.archive.databases.archive;

import io.valmed.archive.databases.archive.VerificationPlace.Counts;
import io.valmed.archive.databases.archive.VerificationPlace.Side;
import io.valmed.archive.model.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code arc.table_verification}: how far the comparison of each table is, so that another process
 * goes on where one has ended, and what the last one found.
 */
public final class TableVerifications {
  private static final String KNOW =
      """
      INSERT INTO arc.table_verification (prefix, schema_name, table_name)
      SELECT ?, t.schema_name, t.table_name FROM unnest(?::text[], ?::text[]) AS t (schema_name, table_name) ON CONFLICT DO NOTHING
      """;
  private static final String DUE =
      """
      SELECT v.schema_name, v.table_name
      FROM arc.table_verification v JOIN unnest(?::text[], ?::text[]) AS t (schema_name, table_name) USING (schema_name, table_name)
      CROSS JOIN LATERAL (
        SELECT coalesce(v.compared_at, v.known_at) + CASE WHEN v.result = 'clean' THEN ? ELSE ? END * interval '1 ms' AS at) AS due
      WHERE v.prefix = ? AND CASE WHEN v.begun_at IS NULL THEN due.at ELSE coalesce(v.paused_until, v.begun_at) END <= clock_timestamp()
      ORDER BY v.paused_until IS NOT NULL, v.begun_at IS NULL, due.at LIMIT 1
      """;
  private static final String PLACE =
      """
      SELECT begun_at, shape, side, last_key, rows, missing, differs, extra, in_flight
      FROM arc.table_verification WHERE prefix = ? AND schema_name = ? AND table_name = ? AND begun_at IS NOT NULL
      """;
  private static final String BEGIN =
      """
      UPDATE arc.table_verification
      SET begun_at = clock_timestamp(), shape = ?, side = 'hot', last_key = NULL, paused_until = NULL,
        rows = 0, missing = 0, differs = 0, extra = 0, in_flight = 0
      WHERE prefix = ? AND schema_name = ? AND table_name = ?
      """;
  private static final String ADVANCE =
      """
      UPDATE arc.table_verification
      SET side = ?, last_key = ?, paused_until = NULL, rows = ?, missing = ?, differs = ?, extra = ?, in_flight = ?
      WHERE prefix = ? AND schema_name = ? AND table_name = ? AND begun_at = ?
      """;
  private static final String PAUSE =
      """
      UPDATE arc.table_verification SET paused_until = clock_timestamp() + ? * interval '1 ms'
      WHERE prefix = ? AND schema_name = ? AND table_name = ?
      """;
  private static final String END =
      """
      UPDATE arc.table_verification v
      SET begun_at = NULL, shape = NULL, side = NULL, last_key = NULL, paused_until = NULL, compared_at = clock_timestamp(),
        result = n.result, sentence = n.sentence, unequal = n.unequal,
        clean_at = CASE WHEN n.result = 'clean' THEN clock_timestamp() ELSE v.clean_at END,
        clean_rows = CASE WHEN n.result = 'clean' THEN n.compared ELSE v.clean_rows END,
        held_rows = CASE WHEN n.result <> 'clean' THEN v.held_rows END
      FROM (SELECT ?::text AS result, ?::text AS sentence, ?::bigint AS compared, ?::bigint AS unequal) AS n
      WHERE v.prefix = ? AND v.schema_name = ? AND v.table_name = ?
      """;
  private static final String LIST =
      """
      SELECT v.schema_name, v.table_name, v.begun_at, v.paused_until > clock_timestamp(), v.compared_at, v.result, v.sentence,
        CASE WHEN v.begun_at IS NULL THEN v.unequal ELSE greatest(v.unequal, v.missing + v.differs + v.extra) END, v.clean_at, v.clean_rows, v.rows
      FROM arc.table_verification v JOIN unnest(?::text[], ?::text[]) WITH ORDINALITY AS t (schema_name, table_name, place) USING (schema_name, table_name)
      WHERE v.prefix = ? ORDER BY t.place
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param prefix the installation whose tables are meant
   */
  public TableVerifications(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /** What a comparison came to. */
  public enum Result {
    /** Every row is equal. */
    CLEAN,
    /** Rows are not. */
    DIFFERS,
    /** The table could not be compared. */
    UNREAD;

    private String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * How a table stands.
   *
   * @param table the table
   * @param begunAt when the comparison that is under way began; null: none is
   * @param paused whether it waits for the archive
   * @param comparedAt when the last one ended; null: none has
   * @param result what it came to; null: none has ended
   * @param sentence what it found; null: nothing
   * @param unequal rows that it found unequal, or more that the one under way has found
   * @param cleanAt when the last one that found every row equal ended; null: none has
   * @param cleanRows how many rows that were
   * @param rows rows of hot that were compared by the last one, or up to now
   */
  public record Standing(
      TableId table,
      @Nullable OffsetDateTime begunAt,
      boolean paused,
      @Nullable OffsetDateTime comparedAt,
      @Nullable Result result,
      @Nullable String sentence,
      long unequal,
      @Nullable OffsetDateTime cleanAt,
      long cleanRows,
      long rows) {}

  /** Takes note of tables; those that are known stay as they are. */
  public void know(Collection<TableId> tables) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(KNOW)) {
      insert.setString(1, prefix);
      bind(insert, 2, tables);
      insert.executeUpdate();
    }
  }

  /**
   * The table that is to be compared now: first one that has been begun.
   *
   * @param every how long after a clean comparison the next one begins
   * @param soon how long after any other one, or after the table was first known
   */
  public @Nullable TableId due(Collection<TableId> tables, Duration every, Duration soon)
      throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(DUE)) {
      int next = bind(query, 1, tables);
      query.setLong(next, every.toMillis());
      query.setLong(next + 1, soon.toMillis());
      query.setString(next + 2, prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? new TableId(row.getString(1), row.getString(2)) : null;
      }
    }
  }

  /** How far the comparison of a table is; null: none is under way. */
  public @Nullable VerificationPlace place(TableId table) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(PLACE)) {
      of(query, 1, table);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? new VerificationPlace(
                row.getObject(1, OffsetDateTime.class),
                row.getString(2),
                Side.of(row.getString(3)),
                texts(row.getArray(4)),
                new Counts(
                    row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9)))
            : null;
      }
    }
  }

  /** Begins a comparison of the table, in the place of one that is under way. */
  public VerificationPlace begin(TableId table, String shape) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(BEGIN)) {
      update.setString(1, shape);
      of(update, 2, table);
      update.executeUpdate();
    }
    return Objects.requireNonNull(place(table), "it has just begun");
  }

  /**
   * Keeps the place.
   *
   * @return false: that comparison is not under way any more
   */
  public boolean advance(TableId table, VerificationPlace place) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(ADVANCE)) {
      update.setString(1, place.side().word());
      @Nullable List<String> key = place.lastKey();
      update.setArray(2, key == null ? null : archive.createArrayOf("text", key.toArray()));
      update.setLong(3, place.counts().rows());
      update.setLong(4, place.counts().missing());
      update.setLong(5, place.counts().differs());
      update.setLong(6, place.counts().extra());
      update.setLong(7, place.counts().inFlight());
      update.setObject(of(update, 8, table), place.begunAt());
      return update.executeUpdate() > 0;
    }
  }

  /** Lets other tables go first for so long; the place stays. */
  public void pause(TableId table, Duration wait) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(PAUSE)) {
      update.setLong(1, wait.toMillis());
      of(update, 2, table);
      update.executeUpdate();
    }
  }

  /**
   * Ends whatever comparison of the table is under way with this result.
   *
   * @param sentence what was found; null: nothing
   */
  public void end(TableId table, Result result, @Nullable String sentence, Counts counts)
      throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(END)) {
      update.setString(1, result.word());
      update.setString(2, sentence);
      update.setLong(3, counts.rows());
      update.setLong(4, counts.unequal());
      of(update, 5, table);
      update.executeUpdate();
    }
  }

  /** How these tables stand; those that no comparison knows of are left out. */
  public List<Standing> list(Collection<TableId> tables) throws SQLException {
    List<Standing> standings = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(LIST)) {
      query.setString(bind(query, 1, tables), prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          @Nullable String result = row.getString(6);
          standings.add(
              new Standing(
                  new TableId(row.getString(1), row.getString(2)),
                  row.getObject(3, OffsetDateTime.class),
                  row.getBoolean(4),
                  row.getObject(5, OffsetDateTime.class),
                  result == null ? null : Result.valueOf(result.toUpperCase(java.util.Locale.ROOT)),
                  row.getString(7),
                  row.getLong(8),
                  row.getObject(9, OffsetDateTime.class),
                  row.getLong(10),
                  row.getLong(11)));
        }
      }
    }
    return standings;
  }

  private int bind(PreparedStatement statement, int from, Collection<TableId> tables)
      throws SQLException {
    Object[] schemas = tables.stream().map(TableId::schema).toArray();
    Object[] names = tables.stream().map(TableId::name).toArray();
    statement.setArray(from, archive.createArrayOf("text", schemas));
    statement.setArray(from + 1, archive.createArrayOf("text", names));
    return from + 2;
  }

  private int of(PreparedStatement statement, int from, TableId table) throws SQLException {
    statement.setString(from, prefix);
    statement.setString(from + 1, table.schema());
    statement.setString(from + 2, table.name());
    return from + 3;
  }

  private static @Nullable List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? null : List.of((String[]) array.getArray());
  }
}
