package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.witness.PageWitnesses;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.Journal;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The purge journal in the archive's schema {@code arc}. */
public final class PostgresJournal implements Journal {
  private static final String PAGE =
      """
      INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, prefix)
      VALUES (?, ?, ?, ?, ?::pg_lsn, ?, ?, ?) RETURNING id
      """;
  private static final String ROWS =
      "COPY arc.purge_row (page, table_name, key, digest) FROM STDIN (FORMAT binary)";
  private static final String OUTCOME =
      """
      UPDATE arc.purge_page SET outcome = ?, settled_at = clock_timestamp()
      WHERE id = ? AND outcome = 'intended'
      """;
  private static final String OPEN =
      """
      SELECT id, root_table, hot_system_id, hot_xid, hot_lsn::text, aggregates FROM arc.purge_page
      WHERE worker = ? AND prefix = ? AND outcome = 'intended' ORDER BY id
      """;
  private static final String BEFORE_FAILOVER =
      """
      SELECT id, root_table, hot_system_id, hot_xid, hot_lsn::text, aggregates FROM arc.purge_page
      WHERE worker = ? AND prefix = ? AND outcome = 'committed' AND hot_system_id <> ?
      AND split_part(hot_system_id, '/', 1) = split_part(?, '/', 1) ORDER BY id DESC LIMIT 10000
      """;
  private static final String DEPARTURE =
      """
      SELECT FROM arc.purged_departure d
      WHERE d.txid = (p.hot_xid & 4294967295) AND d.prefix IN ('', p.prefix) AND d.archived_at >= p.intended_at
      """;
  private static final String DEPARTED =
      "SELECT EXISTS (%s) FROM arc.purge_page p WHERE p.id = ?".formatted(DEPARTURE);
  private static final String HERE =
      """
      SELECT id, root_table, hot_system_id, hot_xid, hot_lsn::text, aggregates
      FROM (SELECT * FROM arc.purge_page
            WHERE worker = ? AND prefix = ? AND outcome = 'committed' AND hot_system_id = ?
            ORDER BY id DESC LIMIT 10000) p
      WHERE NOT EXISTS (%s) ORDER BY id DESC
      """
          .formatted(DEPARTURE);
  private static final String LOST =
      """
      UPDATE arc.purge_page SET outcome = 'rolled-back', settled_at = clock_timestamp()
      WHERE id = ? AND outcome = 'committed'
      """;
  private static final String COUNTS =
      "SELECT table_name, count(*) FROM arc.purge_row WHERE page = ? GROUP BY table_name";
  private static final int CHUNK = 1 << 16;

  private final ArchiveSession archive;
  private final Connection connection;
  private final String prefix;
  private final String worker;
  private final String systemId;

  /**
   * @param prefix the installation, in which the worker has its name alone
   */
  public PostgresJournal(ArchiveSession archive, String prefix, String worker, String systemId) {
    this.prefix = prefix;
    this.archive = archive;
    this.connection = archive.connection();
    this.worker = worker;
    this.systemId = systemId;
  }

  @Override
  public long intend(TableId root, long xid, long lsn, int aggregates, List<PageRows> tables)
      throws SQLException {
    long[] page = new long[1];
    boolean unused =
        UnitOfWork.attempt(
            archive.connection(),
            () -> {
              int rows = tables.stream().mapToInt(table -> table.rows().size()).sum();
              page[0] = insertPage(root, xid, lsn, aggregates, rows);
              copyRows(page[0], tables);
              return true;
            });
    return page[0];
  }

  /** Writes the page without its rows, in the transaction that writes them. */
  long insertPage(TableId root, long xid, long lsn, int aggregates, int rows) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(PAGE)) {
      insert.setString(1, worker);
      insert.setString(2, root.toString());
      insert.setString(3, systemId);
      insert.setLong(4, xid);
      insert.setString(5, Lsn.text(lsn));
      insert.setInt(6, aggregates);
      insert.setInt(7, rows);
      insert.setString(8, prefix);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void copyRows(long page, List<PageRows> tables) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(ROWS);
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(CHUNK + 1024);
      DataOutputStream out = new DataOutputStream(bytes);
      out.write("PGCOPY\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {(byte) 0xff, '\r', '\n', 0});
      out.writeLong(0);
      for (PageRows table : tables) {
        byte[] name = table.shape().table().toString().getBytes(StandardCharsets.UTF_8);
        for (LockedRow row : table.rows()) {
          writeRow(out, page, name, row);
          if (bytes.size() >= CHUNK) {
            flush(copy, bytes);
          }
        }
      }
      out.writeShort(-1);
      flush(copy, bytes);
      copy.endCopy();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private static void flush(CopyIn copy, ByteArrayOutputStream bytes) throws SQLException {
    copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
    bytes.reset();
  }

  private static void writeRow(DataOutputStream out, long page, byte[] table, LockedRow row)
      throws IOException {
    out.writeShort(4);
    out.writeInt(Long.BYTES);
    out.writeLong(page);
    out.writeInt(table.length);
    out.write(table);
    writeKey(out, row.key());
    out.writeInt(row.digest().length);
    out.write(row.digest());
  }

  /** A {@code text[]} in PostgreSQL's binary form. */
  private static void writeKey(DataOutputStream out, List<String> key) throws IOException {
    List<byte[]> values = new ArrayList<>(key.size());
    int length = 20;
    for (String value : key) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      values.add(text);
      length += 4 + text.length;
    }
    out.writeInt(length);
    out.writeInt(1);
    out.writeInt(0);
    out.writeInt(25);
    out.writeInt(values.size());
    out.writeInt(1);
    for (byte[] text : values) {
      out.writeInt(text.length);
      out.write(text);
    }
  }

  @Override
  public void settle(long page, boolean committed) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(OUTCOME)) {
      update.setString(1, committed ? "committed" : "rolled-back");
      update.setLong(2, page);
      update.executeUpdate();
    }
  }

  @Override
  public List<OpenPage> open() throws SQLException {
    return pages(OPEN, worker, prefix);
  }

  @Override
  public List<OpenPage> committedBeforeFailover() throws SQLException {
    return pages(BEFORE_FAILOVER, worker, prefix, systemId, systemId);
  }

  @Override
  public List<OpenPage> committedHere() throws SQLException {
    return pages(HERE, worker, prefix, systemId);
  }

  @Override
  public void lost(long page) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(LOST)) {
      update.setLong(1, page);
      update.executeUpdate();
    }
  }

  private List<OpenPage> pages(String sql, String... parameters) throws SQLException {
    List<OpenPage> pages = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          pages.add(
              new OpenPage(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  Lsn.parse(row.getString(5)),
                  row.getInt(6)));
        }
      }
    }
    return pages;
  }

  @Override
  public boolean departed(long page) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(DEPARTED)) {
      query.setLong(1, page);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  @Override
  public boolean witnessed(long page) throws SQLException {
    Set<String> tables = rows(page).keySet();
    return !tables.isEmpty() && new PageWitnesses(connection).all(page, tables);
  }

  @Override
  public Map<String, Long> rows(long page) throws SQLException {
    Map<String, Long> counts = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(COUNTS)) {
      query.setLong(1, page);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          counts.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return counts;
  }
}
