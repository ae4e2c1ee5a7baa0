package io.valmed.archive.operations.doctor;

/**
 * Something that is not as it should be.
 *
 * @param wrong whether nothing goes on before it is mended; else it may pass, or be intended
 * @param about what was looked at
 * @param text what it is like, and the command that helps
 */
public record Seen(boolean wrong, String about, String text) {

  static Seen wrong(String about, String text) {
    return new Seen(true, about, text);
  }

  static Seen odd(String about, String text) {
    return new Seen(false, about, text);
  }
}
