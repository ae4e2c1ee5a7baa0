package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.servers.Servers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file system of a few hundred megabytes in memory, which can be filled. */
final class SmallDisk implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts one; null, with the reason printed, where the servers cannot use one. */
  static @Nullable SmallDisk mountFor(Servers servers, int megabytes) throws IOException {
    if (!servers.onThisMachinesDisk()) {
      System.out.println(
          "No full disk is tried: the servers run in containers and keep no data in a directory of this machine.");
      return null;
    }
    return mount(megabytes);
  }

  private static @Nullable SmallDisk mount(int megabytes) throws IOException {
    Path directory = Files.createTempDirectory("archive-disk-");
    Process mount =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString());
    if (mount.exitValue() != 0) {
      System.out.println(
          "No full disk is tried: this user may not mount a small one ("
              + new String(
                      mount.getInputStream().readAllBytes(),
                      java.nio.charset.StandardCharsets.UTF_8)
                  .strip()
              + ").");
      Files.delete(directory);
      return null;
    }
    SmallDisk disk = new SmallDisk(directory);
    Runtime.getRuntime().addShutdownHook(new Thread(disk::unmount, "unmount"));
    return disk;
  }

  /** An empty directory on it. */
  Path data() throws IOException {
    return Files.createDirectories(directory.resolve("data"));
  }

  /** Leaves no room. */
  void fill() throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException e) {
      if (directory.toFile().getUsableSpace() >= CHUNK) {
        throw e;
      }
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  private void unmount() {
    try {
      if (Files.isDirectory(directory)) {
        Process unused = run("umount", "-l", directory.toString());
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      System.out.println(directory + " is still mounted: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    unmount();
  }

  private static Process run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process;
  }
}
