package io.valmed.archive.stack;

import io.valmed.archive.stack.postgres.RunningUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stack's directory, locked for the one process that works on it. The kernel lets go of the lock
 * when that process dies, however it dies.
 */
public final class StackDirectory implements AutoCloseable {

  public static final String TEMPORARY_PREFIX = "valmed-stack-";

  public static final String LOCK = "stack.lock";

  private static final long NEEDED_BYTES = 600L * 1024 * 1024;
  private static final FileAttribute<Set<PosixFilePermission>> ONLY_ME =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;
  private final FileChannel lock;

  private StackDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Where temporary stacks lie. */
  public static Path temporaryParent() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Makes a new temporary directory and locks it. */
  public static StackDirectory temporary() {
    Path parent = temporaryParent();
    try {
      checkSpace(parent, Files.getFileStore(parent).getUsableSpace());
      Path path = Files.createTempDirectory(parent, TEMPORARY_PREFIX, ONLY_ME).toRealPath();
      return lock(path);
    } catch (IOException e) {
      throw new StackException(
          "No temporary directory can be made in "
              + parent
              + " ("
              + e.getMessage()
              + "); give write access or set -Djava.io.tmpdir.",
          e);
    }
  }

  /** Makes the directory if it is missing, checks that it can hold a stack, and locks it. */
  public static StackDirectory kept(Path wanted, RunningUser user) {
    try {
      if (!Files.isDirectory(wanted)) {
        Files.createDirectories(wanted, ONLY_ME);
      }
      Path path = wanted.toRealPath();
      if (!user.owns(path)) {
        throw new StackException(
            "The directory "
                + path
                + " belongs to "
                + Files.getOwner(path).getName()
                + "; run as that user or choose another directory.");
      }
      if (!Files.isWritable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      if (!Files.isDirectory(path.resolve("kafka"))) {
        checkSpace(path, Files.getFileStore(path).getUsableSpace());
      }
      return lock(path);
    } catch (IOException e) {
      throw new StackException(
          "The directory "
              + wanted
              + " cannot be used ("
              + reason(e)
              + "); give write access or choose another directory.",
          e);
    }
  }

  /** Locks an existing directory; null when another process has it locked. */
  public static @Nullable StackDirectory tryLock(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE);
    try {
      @Nullable FileLock got = channel.tryLock();
      if (got != null) {
        return new StackDirectory(path, channel);
      }
    } catch (OverlappingFileLockException e) {
      // This very process has it.
    }
    channel.close();
    return null;
  }

  private static StackDirectory lock(Path path) throws IOException {
    if (!Files.exists(path.resolve(LOCK))) {
      try {
        Files.createFile(path.resolve(LOCK));
      } catch (FileAlreadyExistsException e) {
        // Somebody else comes at this very moment; the lock itself decides.
      }
    }
    @Nullable StackDirectory locked = StackOwner.isThisProcess(path) ? null : tryLock(path);
    if (locked == null) {
      throw new StackException(
          "The directory "
              + path
              + " is in use by "
              + StackOwner.describe(path)
              + "; stop that or choose another directory.");
    }
    return locked;
  }

  public static void checkSpace(Path path, long usable) {
    if (usable < NEEDED_BYTES) {
      throw new StackException(
          "Only "
              + (usable >> 20)
              + " MB are free in "
              + path
              + ", a new stack needs "
              + (NEEDED_BYTES >> 20)
              + " MB; free some or choose another directory.");
    }
  }

  private static String reason(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  public Path path() {
    return path;
  }

  /** Lets go of the lock. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StackException("The lock of " + path + " cannot be released.", e);
    }
  }

  /** Makes a directory inside the stack that only its owner can read. */
  public Path inside(String name) {
    Path child = path.resolve(name);
    try {
      if (!Files.isDirectory(child)) {
        Files.createDirectory(child, ONLY_ME);
      }
      return child;
    } catch (IOException e) {
      throw new StackException(
          "The directory " + child + " cannot be made (" + reason(e) + "); give write access.", e);
    }
  }

  /** Deletes a tree; what is gone already, or goes meanwhile, is no failure. */
  public static void deleteAll(Path root) {
    try {
      Files.walkFileTree(root, new Deletion());
    } catch (IOException e) {
      throw new StackException(
          root + " cannot be deleted (" + reason(e) + "); delete it by hand.", e);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (Files.exists(file)) {
        throw e;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
