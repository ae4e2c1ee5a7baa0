package io.valmed.archive.provisioning.step;

/**
 * A right that the role which provisions lacks.
 *
 * @param purpose what it is for
 * @param statement what a superuser runs in the database, without a semicolon
 */
public record MissingRight(String purpose, String statement) {

  /** The statement, and what it is for as a comment. */
  @Override
  public String toString() {
    return statement + ";  -- " + purpose;
  }
}
