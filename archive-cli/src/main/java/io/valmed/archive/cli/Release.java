package io.valmed.archive.cli;

import io.valmed.archive.databases.schema.ReleaseSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/**
 * Which release this is.
 *
 * @param version as Maven calls it
 * @param commit of its sources; {@code -dirty} behind it: they were changed; {@code unknown}: they
 *     were no checkout
 */
record Release(String version, String commit) {

  /** This one, as its build has written it down. */
  static Release current() {
    Properties written = new Properties();
    try (InputStream in = Release.class.getResourceAsStream("release.properties")) {
      if (in == null) {
        throw new IOException("release.properties is not on the class path");
      }
      written.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Release(
        written.getProperty("version", "unknown"), known(written.getProperty("commit", "")));
  }

  /** What a program or a person may want to know of it. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("version", version);
    map.put("commit", commit);
    map.put("java", Runtime.version().toString());
    map.put("java_vendor", System.getProperty("java.vendor"));
    map.put("java_home", System.getProperty("java.home"));
    for (ReleaseSchema schema : ReleaseSchema.values()) {
      map.put("schema_" + schema.word(), schema.version());
    }
    return map;
  }

  private static String known(String commit) {
    return commit.isEmpty() || commit.startsWith("$") ? "unknown" : commit;
  }

  /** What {@code --version} shows. */
  static final class Line implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"ValMed Archive " + current().version()};
    }
  }
}
