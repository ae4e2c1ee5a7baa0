package io.valmed.archive.sample;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.stack.StackState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes the {@code archive.yaml} of a local stack into its directory, with ValMed's policy, and
 * the password files of the product's roles, which provisioning will give those roles.
 */
public final class StackSettings {
  private static final List<String> SECRETS =
      List.of("hot-capture", "hot-purger", "archive-sink", "archive-purger", "archive-reader");

  private StackSettings() {}

  /**
   * Writes the settings anew (ports may have changed); passwords stay as they are.
   *
   * @return the settings file
   */
  public static Path write(StackState stack) {
    Path directory = Path.of(stack.directory());
    try {
      Path secrets = directory.resolve("secrets");
      if (!Files.isDirectory(secrets)) {
        Files.createDirectory(
            secrets,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      for (String name : SECRETS) {
        writePassword(secrets.resolve(name));
      }
      Path file = directory.resolve("archive.yaml");
      Files.writeString(file, text(stack, directory));
      return file;
    } catch (IOException e) {
      throw new StopException(
          "The settings of the local stack cannot be written into "
              + directory
              + " ("
              + e.getMessage()
              + "); make room or give write access.",
          e);
    }
  }

  private static String text(StackState stack, Path directory) throws IOException {
    try (InputStream in = StackSettings.class.getResourceAsStream("stack-archive.yaml")) {
      if (in == null) {
        throw new IOException("stack-archive.yaml is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${hot.url}", stack.hot().jdbcUrl())
          .replace("${hot.user}", stack.hot().superuser())
          .replace("${hot.password-file}", relative(directory, stack.hot().passwordFile()))
          .replace("${archive.url}", stack.archive().jdbcUrl())
          .replace("${archive.user}", stack.archive().superuser())
          .replace("${archive.password-file}", relative(directory, stack.archive().passwordFile()))
          .replace("${kafka}", stack.kafka().bootstrapServers());
    }
  }

  private static String relative(Path directory, String file) {
    return directory.relativize(Path.of(file)).toString();
  }

  private static void writePassword(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        file, HexFormat.of().formatHex(random) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
  }
}
