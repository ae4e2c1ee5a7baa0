package io.valmed.archive.stack;

/**
 * TCP ports on 127.0.0.1; 0 stands for any free one.
 *
 * @param hot the hot PostgreSQL's
 * @param archive the archive PostgreSQL's
 * @param kafka the broker's
 * @param controller the broker's KRaft controller listener's; nothing but the broker uses it
 */
public record StackPorts(int hot, int archive, int kafka, int controller) {

  public static final StackPorts FREE = new StackPorts(0, 0, 0, 0);

  public StackPorts {
    check("hot", hot);
    check("archive", archive);
    check("kafka", kafka);
    check("controller", controller);
  }

  private static void check(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new StackException(
          "The port " + port + " of " + name + " is outside 1 to 65535 (0: any free one).");
    }
  }
}
