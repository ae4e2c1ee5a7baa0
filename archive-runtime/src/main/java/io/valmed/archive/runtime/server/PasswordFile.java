package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.StopException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files that hold a password in their first line. */
public final class PasswordFile {
  private PasswordFile() {}

  /**
   * The password; empty when there is no file, or nothing in it.
   *
   * @param owner whose it is, for the message
   * @param setting the setting that names the file, for the message
   * @throws StopException when the file cannot be read
   */
  public static String read(@Nullable Path file, String owner, String setting) {
    if (file == null) {
      return "";
    }
    try {
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new StopException(
          "The password file %s of %s cannot be read by user %s; create it, let it belong to that user, or correct '%s' in the settings."
              .formatted(file, owner, System.getProperty("user.name"), setting),
          e);
    }
  }
}
