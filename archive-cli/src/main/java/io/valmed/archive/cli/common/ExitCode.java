package io.valmed.archive.cli.common;

/** What the command tells the shell. */
public final class ExitCode {
  /** All was done, and every check held. */
  public static final int OK = 0;

  /** What was checked is not as it should be; the output says what. */
  public static final int CHECK_FAILED = 1;

  /** The arguments or the settings are wrong; nothing was done. */
  public static final int USAGE = 2;

  /** A database or the broker did not answer. */
  public static final int UNREACHABLE = 3;

  /** The work stopped until a person has done something; the message says what. */
  public static final int STOPPED = 4;

  /** A fault of the product's own. */
  public static final int INTERNAL = 70;

  /** Ended by Ctrl-C before the work was done. Services end with {@link #OK}. */
  public static final int INTERRUPTED = 130;

  /** How the help of a verb that may run long lists {@link #INTERRUPTED}. */
  public static final String INTERRUPTED_LINE = "130:ended by Ctrl-C before that";

  private ExitCode() {}
}
