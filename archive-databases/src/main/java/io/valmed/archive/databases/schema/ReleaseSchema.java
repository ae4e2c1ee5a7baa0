package io.valmed.archive.databases.schema;

import java.util.List;

/** The product's own migrations of a database, as this release knows them. */
public enum ReleaseSchema {
  /** Schema {@code arc} in hot. */
  HOT("hot"),

  /** Schema {@code arc} in the archive. */
  ARCHIVE("archive");

  private final String word;

  ReleaseSchema(String word) {
    this.word = word;
  }

  /** The schema of the database that commands call so. */
  public static ReleaseSchema of(String word) {
    return word.equals(HOT.word) ? HOT : ARCHIVE;
  }

  /** The name that commands and messages use. */
  public String word() {
    return word;
  }

  /** The script files' names without {@code .sql}, oldest first. */
  public List<String> files() {
    return switch (this) {
      case HOT ->
          List.of(
              "001_heartbeat",
              "002_purge_hold",
              "003_provisioned",
              "004_installations",
              "009_cured_holds",
              "010_parked_tables");
      case ARCHIVE ->
          List.of(
              "001_group_roles",
              "002_sink_records",
              "003_purge_records",
              "004_archived_tables",
              "005_provisioned",
              "006_changed_tables",
              "007_installations",
              "009_witnesses",
              "010_superseded",
              "011_quarantine_of_reused_offsets",
              "012_reconciliation",
              "013_names_that_meet",
              "014_alarms",
              "015_table_verification",
              "017_status_history");
    };
  }

  /** The numbers of the migrations, oldest first. */
  List<Long> ids() {
    return files().stream().map(file -> Long.parseLong(file.substring(0, 3))).toList();
  }

  /** The newest migration's number: the version of this schema. */
  public String version() {
    return files().get(files().size() - 1).substring(0, 3);
  }
}
