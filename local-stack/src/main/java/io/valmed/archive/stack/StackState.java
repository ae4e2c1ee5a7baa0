package io.valmed.archive.stack;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * What is in a stack's directory; kept there as {@code stack.json}.
 *
 * @param directory the directory
 * @param owner pid of the process that started the servers and will stop them; null: they outlive
 *     it
 * @param ownerStarted when the owner began, which tells it from a later process of the same pid
 * @param temporary the directory goes with its owner
 * @param clusterId the broker's cluster id
 * @param hot the hot PostgreSQL
 * @param archive the archive PostgreSQL
 * @param kafka the broker
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record StackState(
    String directory,
    @Nullable Long owner,
    @Nullable String ownerStarted,
    boolean temporary,
    String clusterId,
    Postgres hot,
    Postgres archive,
    Kafka kafka) {

  /**
   * One PostgreSQL.
   *
   * @param pid the postmaster's; null when it does not run
   * @param database the database made for the product
   * @param passwordFile file with the superuser's password
   */
  public record Postgres(
      @Nullable Long pid,
      String host,
      int port,
      String superuser,
      String database,
      String jdbcUrl,
      String passwordFile,
      String dataDirectory,
      String logFile) {
    public boolean running() {
      return pid != null;
    }
  }

  /**
   * The broker.
   *
   * @param pid its process; null when it does not run
   */
  public record Kafka(
      @Nullable Long pid,
      String bootstrapServers,
      int port,
      int controllerPort,
      String dataDirectory,
      String logFile) {
    public boolean running() {
      return pid != null;
    }
  }

  private static final String FILE = "stack.json";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT);

  /** Whether all three servers run. */
  public boolean running() {
    return hot.running() && archive.running() && kafka.running();
  }

  public StackPorts ports() {
    return new StackPorts(hot.port(), archive.port(), kafka.port(), kafka.controllerPort());
  }

  /** One JSON object, on several lines. It holds no password. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A record of strings and numbers is always JSON", e);
    }
  }

  /** Replaces the file in one step. */
  public void write() {
    Path file = Path.of(directory).resolve(FILE);
    Path fresh = Path.of(directory).resolve(FILE + ".new");
    try {
      Files.writeString(fresh, toJson() + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StackException(
          file + " cannot be written (" + e.getMessage() + "); make room or give write access.", e);
    }
  }

  /**
   * Reads what was last written; the pids in it may be of the past.
   *
   * @throws StackException when there is a file that cannot be read
   */
  public static @Nullable StackState readIfThere(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      return JSON.readValue(Files.readAllBytes(file), StackState.class);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StackException(
          file
              + " cannot be read; give read access, or delete it to have ports and cluster id"
              + " chosen anew.",
          e);
    }
  }
}
