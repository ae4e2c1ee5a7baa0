package io.valmed.archive.e2e.faults;

/** What is done to a target. */
enum Deed {
  KILL("kill -9"),
  FREEZE("freeze"),
  STOP_AT_ONCE("immediate shutdown"),
  CUT("cut"),
  DELAY("delay"),
  BLACK_HOLE("black hole"),
  LOSE_ANSWERS("lose answers"),
  FILL_DISK("disk full");

  private final String words;

  Deed(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
