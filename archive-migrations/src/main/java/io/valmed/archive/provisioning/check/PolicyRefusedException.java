package io.valmed.archive.provisioning.check;

import io.valmed.archive.runtime.StopException;
import java.util.List;
import java.util.stream.Collectors;

/** The hot database and the settings do not fit; tells everything that is in the way at once. */
public final class PolicyRefusedException extends StopException {
  private static final long serialVersionUID = 1L;

  private final transient List<PolicyProblem> problems;

  private PolicyRefusedException(List<PolicyProblem> problems) {
    super(
        problems.size() == 1
            ? problems.get(0).toString()
            : "Settings and hot database do not fit in "
                + problems.size()
                + " points:"
                + problems.stream().map(p -> "\n  " + p).collect(Collectors.joining()));
    this.problems = List.copyOf(problems);
  }

  /**
   * Goes on when there are no errors among the problems.
   *
   * @throws PolicyRefusedException with the errors
   */
  public static void unlessFree(List<PolicyProblem> problems) {
    List<PolicyProblem> errors = problems.stream().filter(PolicyProblem::isError).toList();
    if (!errors.isEmpty()) {
      throw new PolicyRefusedException(errors);
    }
  }

  /** What is in the way. */
  public List<PolicyProblem> problems() {
    return problems;
  }
}
