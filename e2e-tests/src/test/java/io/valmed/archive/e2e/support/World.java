package io.valmed.archive.e2e.support;

import io.valmed.archive.model.TableId;
import java.util.List;

/** A set of tables with a policy over them, and how an application writes to them. */
public interface World {

  /** A short name for databases and topics. */
  String name();

  /** SQL that makes the tables and their first rows. */
  String schema();

  /** The {@code policy} of the settings, as YAML indented by two blanks. */
  String policy();

  /** Every captured table, parents first. */
  List<WorldTable> tables();

  /** The table of that name. */
  default WorldTable table(TableId id) {
    return tables().stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  /**
   * The table that thousands of rows are written to at once; it has no parent.
   *
   * @param age body of a SET clause that settles and ages its rows
   */
  record Bulk(WorldTable table, String age) {}

  Bulk bulk();

  /**
   * A table that is written to by COPY.
   *
   * @param select a SELECT without FROM that makes a row, in the columns' own types
   */
  record Copied(TableId table, String select) {}

  Copied copied();

  /** SQL that settles and ages about half of the roots, so that they may be purged. */
  String ageRoots();
}
