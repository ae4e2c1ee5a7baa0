package io.valmed.archive.model.change;

/** What happened to a row, with Debezium's letters on the wire. */
public enum Operation {
  READ("r"),
  CREATE("c"),
  UPDATE("u"),
  DELETE("d");

  private final String letter;

  Operation(String letter) {
    this.letter = letter;
  }

  /** The {@code op} of the envelope. */
  public String letter() {
    return letter;
  }

  /**
   * The operation of an envelope's {@code op}.
   *
   * @throws IllegalArgumentException for any other letter
   */
  public static Operation of(String letter) {
    return switch (letter) {
      case "r" -> READ;
      case "c" -> CREATE;
      case "u" -> UPDATE;
      case "d" -> DELETE;
      default -> throw new IllegalArgumentException("unknown operation '" + letter + "'");
    };
  }
}
