package io.valmed.archive.provisioning.step;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.DatabaseLogin;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wanted in the database.
 *
 * @param kind what it is about
 * @param name what it is, unique within its kind
 * @param sql the statement that makes it so; {@link #SECRET} stands for a password's verifier
 * @param undo the statement that restores what is there now; null: nothing to restore
 * @param done whether the database has it already
 * @param table the table that the statement locks; null: none
 * @param secret whose password's verifier the statement carries; null: none
 */
public record Step(
    StepKind kind,
    String name,
    String sql,
    @Nullable String undo,
    boolean done,
    @Nullable TableId table,
    @Nullable DatabaseLogin secret) {

  /** Stands in a statement where the verifier comes; the plan shows it so. */
  public static final String SECRET = "'********'";

  /** A step without table and secret. */
  public static Step of(
      StepKind kind, String name, String sql, @Nullable String undo, boolean done) {
    return new Step(kind, name, sql, undo, done, null, null);
  }

  public Step on(TableId lockedTable) {
    return new Step(kind, name, sql, undo, done, lockedTable, secret);
  }

  public Step with(@Nullable DatabaseLogin login) {
    return new Step(kind, name, sql, undo, done, table, login);
  }

  PlannedStep planned() {
    return new PlannedStep(kind.word(), name, sql, null);
  }
}
