package io.valmed.archive.e2e.support;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A private authority of a test, and what it issues, as PEM files in a directory. */
public final class Certificates {
  private final Path directory;
  private final String name;
  private final X509Bundle authority;

  /** A certificate with its key. */
  public record Issued(Path certificate, Path key) {}

  public Certificates(Path directory, String name) throws Exception {
    this.directory = directory;
    this.name = name;
    this.authority =
        new CertificateBuilder()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .rsa2048()
            .buildSelfSigned();
    Files.writeString(root(), authority.getCertificatePEM());
  }

  /** The authority's own certificate. */
  public Path root() {
    return directory.resolve(name + ".pem");
  }

  /** A certificate for the address 127.0.0.1 and for no name. */
  public Issued server() throws Exception {
    return write(
        "server",
        new CertificateBuilder()
            .subject("CN=server")
            .addSanIpAddress("127.0.0.1")
            .addSanDnsName("hot.hospital.example")
            .rsa2048()
            .buildIssuedBy(authority));
  }

  /** A certificate by which a client shows who it is. */
  public Issued client(String who) throws Exception {
    return write(
        who, new CertificateBuilder().subject("CN=" + who).rsa2048().buildIssuedBy(authority));
  }

  private Issued write(String what, X509Bundle made) throws Exception {
    Path certificate = directory.resolve(name + "-" + what + ".crt");
    Path key = directory.resolve(name + "-" + what + ".key");
    Files.writeString(certificate, made.getCertificatePathPEM());
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, made.getPrivateKeyPEM());
    return new Issued(certificate, key);
  }
}
