package io.valmed.archive.model.policy;

import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Objects;

/**
 * A table that is archived and never purged.
 *
 * @param table the table
 * @param exclude columns that are in no topic and not in the archive (passwords, tokens); may not
 *     be key columns
 */
public record ReferenceTable(TableId table, List<String> exclude) {

  public ReferenceTable {
    Objects.requireNonNull(table, "table");
    exclude = List.copyOf(exclude);
  }
}
