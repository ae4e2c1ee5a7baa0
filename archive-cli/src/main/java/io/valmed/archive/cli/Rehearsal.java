package io.valmed.archive.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Loads the classes that the services load until they are ready, then does what its arguments say
 * as {@link ArchiveMain} would, if there are any. The launcher (after a build) and the image's
 * build run it once and have the JVM keep what it loaded, parsed and verified, for the starts to
 * come: see docs/adr/0087.
 *
 * <p>Loading needs no server and runs no code of the classes. One that is not there (another JDK,
 * another version of a library) is passed over: starts are slower by that one class.
 */
final class Rehearsal {
  private static final String NAMES = "classes-of-starts.txt";

  private Rehearsal() {}

  public static void main(String[] arguments) throws IOException {
    List<String> unused = loadAll();
    if (arguments.length > 0) {
      ArchiveMain.main(arguments);
    }
  }

  /** Returns the names that are no class here. */
  static List<String> loadAll() throws IOException {
    ClassLoader loader = ClassLoader.getSystemClassLoader();
    try (InputStream in = Rehearsal.class.getResourceAsStream(NAMES)) {
      if (in == null) {
        throw new IOException(NAMES + " is not on the class path");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
          .lines()
          .filter(line -> !line.startsWith("#"))
          .filter(name -> !loads(name, loader))
          .toList();
    }
  }

  private static boolean loads(String name, ClassLoader loader) {
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
