package io.valmed.archive.demo;

/** What people see while the demo runs. Used by one thread. */
interface Progress extends AutoCloseable {

  /** A piece of work that goes from nothing to an expected count. */
  interface Bar {
    /**
     * Where it stands.
     *
     * @param done how many so far
     * @param expected how many there will be; may change on the way
     */
    void at(long done, long expected);

    /** It has ended; {@code done} stands as it was told last. */
    void end();
  }

  /**
   * Begins a piece of work.
   *
   * @param name one word
   * @param unit what is counted, in the plural
   * @param expected how many there will be
   */
  Bar begin(String name, String unit, long expected);

  /** Tells one line. */
  void say(String line);

  /** Ends what is still shown. */
  @Override
  void close();
}
