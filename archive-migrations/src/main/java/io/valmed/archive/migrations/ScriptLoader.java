package io.valmed.archive.migrations;

import java.io.Reader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.ibatis.migration.Change;
import org.apache.ibatis.migration.MigrationLoader;
import org.jspecify.annotations.Nullable;

/** Hands the scripts of the class path to MyBatis. */
final class ScriptLoader implements MigrationLoader {
  private final List<MigrationScript> scripts;

  ScriptLoader(List<MigrationScript> scripts) {
    this.scripts = scripts;
  }

  @Override
  public List<Change> getMigrations() {
    List<Change> changes = new ArrayList<>();
    for (MigrationScript script : scripts) {
      Change change = new Change(BigDecimal.valueOf(script.id()));
      change.setDescription(script.description());
      change.setFilename(script.title());
      changes.add(change);
    }
    return changes;
  }

  @Override
  public Reader getScriptReader(Change change, boolean undo) {
    return scripts.stream()
        .filter(script -> script.id() == change.getId().longValueExact())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no script " + change.getId()))
        .reader(undo);
  }

  @Override
  public @Nullable Reader getBootstrapReader() {
    return null;
  }

  @Override
  public @Nullable Reader getOnAbortReader() {
    return null;
  }
}
