package io.valmed.archive.migrations;

import io.valmed.archive.databases.schema.ReleaseSchema;
import java.util.List;

/** The databases that have migrations. */
public enum Target {
  /** The product's schema {@code arc} in the hot database. */
  HOT("hot", "arc", "changelog", "arc_kept"),

  /** The product's schema {@code arc}, groups and functions in the archive database. */
  ARCHIVE("archive", "arc", "changelog", "arc_kept"),

  /** ValMed's own tables, for the demo and for tests; in the hot database. */
  SAMPLE("sample", "public", "valmed_changelog", "valmed_kept");

  private final String word;
  private final String schema;
  private final String changelog;
  private final String kept;

  Target(String word, String schema, String changelog, String kept) {
    this.word = word;
    this.schema = schema;
    this.changelog = changelog;
    this.kept = kept;
  }

  /** The name that commands and messages use. */
  String word() {
    return word;
  }

  /** The schema that holds the changelog. */
  String schema() {
    return schema;
  }

  /** The changelog's table, with its schema. */
  String changelog() {
    return schema + "." + changelog;
  }

  /** The schema to which undone migrations move tables that hold records. */
  String kept() {
    return kept;
  }

  /** The script files' names without {@code .sql}, oldest first. */
  List<String> files() {
    return switch (this) {
      case HOT -> ReleaseSchema.HOT.files();
      case ARCHIVE -> ReleaseSchema.ARCHIVE.files();
      case SAMPLE -> List.of("001_users_and_drugs", "002_medication_orders", "003_drug_transfers");
    };
  }
}
