package io.valmed.archive.provisioning.check;

/**
 * One thing in which settings and database do not fit.
 *
 * @param severity whether the work can go on
 * @param key the key's path in the settings ({@code policy.roots.public.orders.age})
 * @param problem what is wrong
 * @param fix what to do about it
 */
public record PolicyProblem(Severity severity, String key, String problem, String fix) {

  /** Whether the work can go on. */
  public enum Severity {
    /** It would lose records, hurt the application or fail. */
    ERROR,
    /** It works, but an operator should know. */
    WARNING
  }

  public static PolicyProblem error(String key, String problem, String fix) {
    return new PolicyProblem(Severity.ERROR, key, problem, fix);
  }

  static PolicyProblem warning(String key, String problem, String fix) {
    return new PolicyProblem(Severity.WARNING, key, problem, fix);
  }

  /** Whether this is in the way of going on. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return key + ": " + problem + "; " + fix;
  }
}
