package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.keys.RowDigests;
import io.valmed.archive.runtime.jdbc.AskedSession;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks again at rows that were unequal, after the archive has passed the last look. */
public final class SecondLook {
  private static final int CHUNK = 5000;

  private final Connection hot;
  private final Connection archive;

  public SecondLook(Connection hot, Connection archive) {
    this.hot = hot;
    this.archive = archive;
  }

  /**
   * Those that are still unequal.
   *
   * @param caughtUp whether the archive has passed the point where the suspects were last seen
   */
  public List<Suspect> at(TablePair pair, List<Suspect> suspects, boolean caughtUp)
      throws SQLException {
    List<Suspect> still = new ArrayList<>();
    for (int from = 0; from < suspects.size(); from += CHUNK) {
      List<Suspect> part = suspects.subList(from, Math.min(from + CHUNK, suspects.size()));
      List<List<String>> keys = part.stream().map(Suspect::key).toList();
      // In this order: what hot is seen to have then is at least as new as what the mirror had.
      List<byte @Nullable []> stamps =
          AskedSession.ask(archive, s -> RowDigests.of(s, pair.stampedMirror(), keys));
      List<byte @Nullable []> mirror =
          AskedSession.ask(archive, s -> RowDigests.of(s, pair.mirror(), keys));
      List<byte @Nullable []> now = AskedSession.ask(hot, s -> RowDigests.of(s, pair.hot(), keys));
      for (int i = 0; i < part.size(); i++) {
        @Nullable ByteBuffer inHot = Suspect.wrap(now.get(i));
        @Nullable ByteBuffer inMirror = Suspect.wrap(mirror.get(i));
        if (!Objects.equals(inHot, inMirror)) {
          Suspect before = part.get(i);
          still.add(
              before.confirmed()
                  ? before
                  : before.again(inHot, inMirror, Suspect.wrap(stamps.get(i)), caughtUp));
        }
      }
    }
    return still;
  }
}
