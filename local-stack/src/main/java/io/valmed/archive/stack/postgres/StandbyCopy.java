package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.StackDirectory;
import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A base backup of a running server, made by its own functions: the programs that the stack runs
 * have no {@code pg_basebackup}.
 *
 * @param primary the running server
 * @param original its cluster
 * @param copy what it becomes
 */
public record StandbyCopy(PostgresServer primary, PostgresCluster original, PostgresCluster copy) {

  /** Of these the folder alone is copied, as {@code pg_basebackup} does. */
  private static final Set<String> EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts");

  /** Makes the data directory, with a physical slot of that name on the primary. */
  public void make(String slot) {
    try (Connection connection = primary.connect("postgres");
        Statement statement = connection.createStatement()) {
      StackDirectory.deleteAll(copy.home());
      Files.createDirectory(
          copy.home(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.copy(original.passwordFile(), copy.passwordFile());
      refuseTablespaces();
      statement.execute(
          """
          SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
            WHERE slot_name = '%1$s' AND NOT active;
          SELECT pg_create_physical_replication_slot('%1$s', true);
          SELECT pg_backup_start('%1$s', true)
          """
              .formatted(slot));
      copyFiles();
      try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        row.next();
        Files.writeString(copy.data().resolve("backup_label"), row.getString(1));
      }
      Files.createFile(copy.data().resolve("standby.signal"));
      forgetHeldSlots();
    } catch (IOException | SQLException e) {
      throw new StackException(
          "The " + original.name() + " PostgreSQL cannot be copied (" + e.getMessage() + ").", e);
    }
  }

  private void refuseTablespaces() throws IOException {
    try (Stream<Path> spaces = Files.list(original.data().resolve("pg_tblspc"))) {
      if (spaces.findAny().isPresent()) {
        throw new StackException("A server with tablespaces of its own cannot be copied.");
      }
    }
  }

  /** On the copy, once promoted, logical slots would wait for a standby that it does not have. */
  private void forgetHeldSlots() throws IOException {
    Path file = copy.data().resolve("postgresql.auto.conf");
    List<String> kept =
        Files.readAllLines(file).stream()
            .filter(line -> !line.startsWith("synchronized_standby_slots"))
            .toList();
    Files.write(file, kept);
  }

  private void copyFiles() throws IOException {
    Path from = original.data();
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(
                copy.data().resolve(from.relativize(directory)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return EMPTY.contains(from.relativize(directory).toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path relative = from.relativize(file);
            if (!LEFT_OUT.contains(relative.toString())) {
              copyIfThere(file, copy.data().resolve(relative));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    Files.createDirectories(copy.data().resolve("pg_wal/archive_status"));
  }

  /** Files come and go while the server runs; its WAL tells of those. */
  private static void copyIfThere(Path file, Path target) throws IOException {
    try {
      Files.copy(file, target);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(target);
    }
  }
}
