package io.valmed.archive.runtime.jdbc;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLDataException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * One {@code COPY … FROM STDIN} in text format, sent piece by piece while rows are written. Closed
 * before {@link #end}, it cancels the COPY.
 */
public final class CopyText implements AutoCloseable {
  private static final int PIECE = 64 * 1024;
  private static final int ENCODED = 8 * 1024;

  /** What stands behind the backslash for each character of ASCII; 0: it stands for itself. */
  private static final byte[] ESCAPES = new byte[0x80];

  static {
    ESCAPES['\\'] = '\\';
    ESCAPES['\n'] = 'n';
    ESCAPES['\r'] = 'r';
    ESCAPES['\t'] = 't';
  }

  private final CopyIn copy;
  private final byte[] piece = new byte[PIECE];
  private final CharsetEncoder encoder =
      StandardCharsets.UTF_8
          .newEncoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer encoded = ByteBuffer.allocate(ENCODED);
  private int filled;
  private boolean rowBegun;

  public CopyText(Connection connection, String sql) throws SQLException {
    this.copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
  }

  /** Writes the next value of the row; null: SQL NULL. */
  public void value(@Nullable String text) throws SQLException {
    if (rowBegun) {
      put((byte) '\t');
    }
    rowBegun = true;
    if (text == null) {
      put((byte) '\\');
      put((byte) 'N');
    } else {
      text(text);
    }
  }

  public void endRow() throws SQLException {
    put((byte) '\n');
    rowBegun = false;
  }

  /** Ends the COPY and returns how many rows the server took. */
  public long end() throws SQLException {
    flush();
    return copy.endCopy();
  }

  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }

  private void text(String text) throws SQLException {
    int length = text.length();
    int at = filled;
    for (int i = 0; i < length; i++) {
      if (at + 2 > PIECE) {
        filled = at;
        flush();
        at = 0;
      }
      char c = text.charAt(i);
      if (c >= 0x80) {
        filled = at;
        wide(text, i);
        return;
      }
      byte escape = ESCAPES[c];
      if (escape != 0) {
        piece[at++] = '\\';
        piece[at++] = escape;
      } else {
        piece[at++] = (byte) c;
      }
    }
    filled = at;
  }

  private void ascii(byte c) throws SQLException {
    if (ESCAPES[c] == 0) {
      put(c);
    } else {
      put((byte) '\\');
      put(ESCAPES[c]);
    }
  }

  /** The rest of a text that is not ASCII all through; a large one is encoded piece by piece. */
  private void wide(String text, int from) throws SQLException {
    encoder.reset();
    CharBuffer rest = CharBuffer.wrap(text, from, text.length());
    ByteBuffer bytes = encoded.clear();
    CoderResult result;
    do {
      result = encoder.encode(rest, bytes, true);
      if (result.isError()) {
        throw new SQLDataException(
            "a value holds half a surrogate pair", SqlState.CHARACTER_NOT_IN_REPERTOIRE);
      }
      bytes.flip();
      while (bytes.hasRemaining()) {
        byte b = bytes.get();
        if (b < 0) {
          put(b);
        } else {
          ascii(b);
        }
      }
      bytes.clear();
    } while (result.isOverflow());
  }

  private void put(byte b) throws SQLException {
    if (filled == PIECE) {
      flush();
    }
    piece[filled++] = b;
  }

  private void flush() throws SQLException {
    if (filled > 0) {
      copy.writeToCopy(piece, 0, filled);
      filled = 0;
    }
  }
}
