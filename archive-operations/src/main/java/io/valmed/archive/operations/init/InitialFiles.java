package io.valmed.archive.operations.init;

import io.valmed.archive.runtime.StopException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The folder in which an installation's settings begin: password files that only this user can
 * read, and the statements that superusers run. What is there already stays.
 */
public final class InitialFiles {
  private static final List<String> PASSWORDS =
      List.of(
          "hot-migrator",
          "hot-capture",
          "hot-purger",
          "archive-migrator",
          "archive-sink",
          "archive-purger",
          "archive-reader");
  private static final FileAttribute<?> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWN_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;

  public InitialFiles(Path folder) {
    this.folder = folder;
  }

  /** The settings that are made in the end. */
  public Path settings() {
    return folder.resolve("archive.yaml");
  }

  /** Where the password files are. */
  public Path secrets() {
    return folder.resolve("secrets");
  }

  /** What the command needs to find these files again: empty in the working directory. */
  public String option() {
    return folder.toString().isEmpty() || folder.toString().equals(".") ? "" : " --dir " + folder;
  }

  /** What a superuser of hot runs. */
  public Path hotStatements() {
    return folder.resolve("init/hot.sql");
  }

  /** What a superuser of the archive's server runs. */
  public Path archiveStatements() {
    return folder.resolve("init/archive.sql");
  }

  /** The password file of that name. */
  Path password(String name) {
    return secrets().resolve(name);
  }

  /** The addresses that {@link #write} was given. */
  public Answers answers() {
    return Answers.read(folder.resolve("init/answers"));
  }

  /**
   * Makes what is missing; statements and addresses are written anew.
   *
   * @throws StopException when there are settings already
   */
  public void write(Answers answers) throws IOException {
    if (Files.exists(settings())) {
      throw new StopException(
          settings()
              + " is there already, and is never overwritten: './archive init --check"
              + option()
              + "' looks whether its databases are ready, './archive doctor --config "
              + settings()
              + "' at everything; for another installation take another --dir.");
    }
    createFolder(folder.resolve("secrets"));
    createFolder(folder.resolve("init"));
    for (String name : PASSWORDS) {
      boolean shared = name.equals("archive-migrator") && answers.oneServer();
      create(password(name), shared ? Files.readString(password("hot-migrator")) : random());
    }
    replace(folder.resolve("init/answers"), answers.text());
    replace(
        hotStatements(),
        SuperuserStatements.ofHot(
            Answers.name(answers.hot()), first(password("hot-migrator")), hotStatements()));
    replace(
        archiveStatements(),
        SuperuserStatements.ofArchive(
            Answers.name(answers.archive()),
            first(password("archive-migrator")),
            archiveStatements()));
  }

  private static String random() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes) + "\n";
  }

  private static String first(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElse("");
  }

  private static void createFolder(Path made) throws IOException {
    if (!Files.isDirectory(made)) {
      Files.createDirectories(made.toAbsolutePath().getParent());
      Files.createDirectory(made, OWN_FOLDER);
    }
  }

  /**
   * Its rights are those of its first moment: nobody else reads it meanwhile. It is there whole or
   * not at all, for what is there stays.
   */
  static void create(Path file, String text) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    // A name of its own: of two that make it at once, neither writes into the other's.
    Path whole =
        Files.createTempFile(
            file.toAbsolutePath().getParent(), "." + file.getFileName() + "-", ".new", OWN_FILE);
    try {
      Files.writeString(whole, text);
      // A rename in the same folder: one step.
      Files.move(whole, file);
    } catch (FileAlreadyExistsException e) {
      // The other was sooner, and its file stays.
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static void replace(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    create(file, text);
  }
}
