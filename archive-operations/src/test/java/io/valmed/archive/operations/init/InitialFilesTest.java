package io.valmed.archive.operations.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password file is whole or not there at all, and nobody else's to read. */
class InitialFilesTest {
  private static final String PASSWORD = "0123456789abcdef".repeat(4096) + "\n";

  @TempDir Path folder;

  @Test
  void nobody_ever_sees_a_part_of_a_password_file_or_one_that_others_may_read() throws Exception {
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < 200; i++) {
        Path file = folder.resolve("hot-purger-" + i);
        CountDownLatch looking = new CountDownLatch(1);
        Future<String> first =
            reader.submit(
                () -> {
                  looking.countDown();
                  while (!Files.exists(file)) {
                    Thread.onSpinWait();
                  }
                  return PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                      + Files.readString(file);
                });
        looking.await();

        InitialFiles.create(file, PASSWORD);

        assertThat(first.get()).isEqualTo("rw-------" + PASSWORD);
      }
    } finally {
      reader.shutdownNow();
    }
  }

  @Test
  void of_two_that_make_one_at_once_one_is_whole_and_nothing_else_is_left() throws Exception {
    ExecutorService makers = Executors.newFixedThreadPool(4);
    try {
      for (int i = 0; i < 100; i++) {
        Path file = folder.resolve("hot-purger-" + i);
        List<Callable<Void>> all = new ArrayList<>();
        for (int maker = 0; maker < 4; maker++) {
          String text = String.valueOf(maker).repeat(65536);
          all.add(
              () -> {
                InitialFiles.create(file, text);
                return null;
              });
        }

        for (Future<Void> made : makers.invokeAll(all)) {
          made.get();
        }

        String text = Files.readString(file);
        assertThat(text).isEqualTo(text.substring(0, 1).repeat(65536));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    } finally {
      makers.shutdownNow();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(100);
    }
  }

  @Test
  void what_is_there_stays() throws Exception {
    Path file = Files.writeString(folder.resolve("hot-purger"), "in use\n");

    InitialFiles.create(file, PASSWORD);

    assertThat(file).hasContent("in use");
  }
}
