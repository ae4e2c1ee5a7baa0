package io.valmed.archive.bench.ground;

import io.valmed.archive.runtime.StopException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The sources that this runs from.
 *
 * @param root the repository
 * @param launcher the operator's command; null: services are started from this JVM's class path
 */
public record Checkout(Path root, @Nullable Path launcher) {

  /** The one named by the launcher, or the one around the working directory. */
  public static Checkout current() {
    @Nullable String named = System.getProperty("archive.root");
    if (named != null) {
      Path root = Path.of(named);
      return new Checkout(root, root.resolve("archive"));
    }
    for (@Nullable Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("benchmarks/pom.xml"))) {
        return new Checkout(at, null);
      }
    }
    throw new StopException("The measurements need a checkout; run ./archive bench in one.");
  }

  Path peers() {
    return root.resolve("benchmarks/peers");
  }

  Path target() {
    return root.resolve("benchmarks/target");
  }
}
