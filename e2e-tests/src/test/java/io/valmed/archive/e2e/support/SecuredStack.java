package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.StackTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Servers that speak TLS alone, with certificates made for them. */
public final class SecuredStack implements AutoCloseable {
  private static final String KAFKA_USER = "arc";

  private final LocalStack stack;
  private final Trust trust;
  private final Path files;

  /**
   * What a client needs.
   *
   * @param root certificate of the servers' authority
   * @param kafkaUser whom it logs in to Kafka as
   * @param kafkaPassword file with that user's password
   * @param sink with which the sink shows the archive who it is
   */
  public record Trust(Path root, String kafkaUser, Path kafkaPassword, Certificates.Issued sink) {}

  private SecuredStack(LocalStack stack, Trust trust, Path files) {
    this.stack = stack;
    this.trust = trust;
    this.files = files;
  }

  /** Makes the certificates and starts the servers. */
  public static SecuredStack start() throws Exception {
    Path files = Files.createTempDirectory("archive-tls-");
    Certificates authority = new Certificates(files, "authority");
    Certificates.Issued server = authority.server();
    // What has to be quoted on the way to the broker is in it.
    String password = UUID.randomUUID() + "\"\\ ;";
    Path passwordFile = Files.writeString(files.resolve("kafka.password"), password + "\n");
    LocalStack stack =
        LocalStack.start(
            StackOptions.temporary()
                .withTls(
                    new StackTls(
                        server.certificate(),
                        server.key(),
                        authority.root(),
                        Map.of(KAFKA_USER, password))));
    Trust trust = new Trust(authority.root(), KAFKA_USER, passwordFile, authority.client("sink"));
    return new SecuredStack(stack, trust, files);
  }

  public LocalStack stack() {
    return stack;
  }

  public Trust trust() {
    return trust;
  }

  /** An authority that has issued none of the servers' certificates. */
  public Path strangersRoot() throws Exception {
    return new Certificates(files, "stranger").root();
  }

  /** Where an installation over these servers is made. */
  public Installation.Place place() {
    return new Installation.Place(Servers.of(stack), Duration.ofSeconds(30), null, trust);
  }

  @Override
  public void close() {
    stack.close();
  }
}
