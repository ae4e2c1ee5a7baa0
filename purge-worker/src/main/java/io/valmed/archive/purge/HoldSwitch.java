package io.valmed.archive.purge;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The switch by which anyone may hold purging. */
@FunctionalInterface
public interface HoldSwitch {

  /**
   * Why purging is held at this moment, asked of both databases; null: it is not.
   *
   * @param tables the tables that are to be deleted from
   */
  @Nullable String held(Collection<TableId> tables) throws SQLException;
}
