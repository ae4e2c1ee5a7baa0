package io.valmed.archive.operations.status;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.seen.EligibleRows;
import io.valmed.archive.databases.seen.PurgedRows;
import io.valmed.archive.databases.seen.TableSizes;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.TableRole;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of one table. */
final class TableRow {
  private TableRow() {}

  /**
   * @param archive null: it could not be asked
   * @param holds the table's own, in words
   */
  static Measurement.TableSeen of(
      PolicyTable table, Sizes sizes, @Nullable ArchiveSeen archive, List<String> holds) {
    String name = table.table().toString();
    @Nullable TableSizes hot = sizes.hot(table.table());
    @Nullable TableSizes mirror = sizes.archived(table.table());
    @Nullable TableSizes cold = sizes.archived(table.table().cold());
    @Nullable EligibleRows eligible = sizes.eligible(table.table());
    TableVerifications.@Nullable Standing standing =
        archive == null ? null : archive.verified().get(table.table());
    @Nullable OffsetDateTime compared = standing == null ? null : standing.comparedAt();
    return new Measurement.TableSeen(
        name,
        table.role().name().toLowerCase(Locale.ROOT),
        hot == null ? null : hot.rows(),
        hot == null ? null : hot.bytes(),
        hot == null ? null : hot.indexBytes(),
        mirror == null ? null : mirror.rows(),
        mirror == null ? null : mirror.bytes(),
        cold == null ? null : cold.rows(),
        cold == null ? null : cold.bytes(),
        eligible == null ? null : eligible.rows(),
        eligible == null ? null : eligible.oldest(),
        table.role() == TableRole.ROOT ? purged(sizes.purged(), name) : null,
        holds,
        archive == null ? 0 : archive.now().quarantined().getOrDefault(name, 0L),
        compared == null ? null : compared.toInstant(),
        result(standing));
  }

  private static @Nullable Long purged(@Nullable Map<String, PurgedRows> purged, String root) {
    if (purged == null) {
      return null;
    }
    PurgedRows rows = purged.get(root);
    return rows == null ? 0L : rows.rows();
  }

  private static String result(TableVerifications.@Nullable Standing standing) {
    TableVerifications.Result result = standing == null ? null : standing.result();
    return result == null
        ? "never"
        : switch (result) {
          case CLEAN -> "equal";
          case DIFFERS -> "differs";
          case UNREAD -> "unread";
        };
  }
}
