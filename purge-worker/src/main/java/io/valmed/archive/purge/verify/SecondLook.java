package io.valmed.archive.purge.verify;

import io.valmed.archive.purge.postgres.MirrorRows;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks again at rows that were unequal, after the archive has passed the last look. */
final class SecondLook {
  private static final int CHUNK = 5000;

  private final Connection hot;
  private final Connection archive;

  SecondLook(Connection hot, Connection archive) {
    this.hot = hot;
    this.archive = archive;
  }

  /**
   * Those that are still unequal.
   *
   * @param caughtUp whether the archive has passed the point where the suspects were last seen
   */
  List<Suspect> at(TablePair pair, List<Suspect> suspects, boolean caughtUp) throws SQLException {
    List<Suspect> still = new ArrayList<>();
    for (int from = 0; from < suspects.size(); from += CHUNK) {
      List<Suspect> part = suspects.subList(from, Math.min(from + CHUNK, suspects.size()));
      List<List<String>> keys = part.stream().map(Suspect::key).toList();
      // The mirror first: a row that changes in hot meanwhile is then seen to have changed.
      List<byte @Nullable []> mirror = MirrorRows.digests(archive, pair.mirror(), keys);
      List<byte @Nullable []> now = MirrorRows.digests(hot, pair.hot(), keys);
      for (int i = 0; i < part.size(); i++) {
        Suspect before = part.get(i);
        @Nullable ByteBuffer inHot = Suspect.wrap(now.get(i));
        @Nullable ByteBuffer inMirror = Suspect.wrap(mirror.get(i));
        if (!Objects.equals(inHot, inMirror)) {
          boolean same =
              caughtUp
                  && Objects.equals(inHot, before.hot())
                  && (before.looks() == 0 || Objects.equals(inMirror, before.mirror()));
          still.add(
              before.confirmed()
                  ? before
                  : new Suspect(before.key(), inHot, inMirror, same ? before.looks() + 1 : 0));
        }
      }
    }
    return still;
  }
}
