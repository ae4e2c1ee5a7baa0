package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.DatabaseTls;
import io.valmed.archive.runtime.server.DatabaseTls.Mode;
import io.valmed.archive.runtime.settings.yaml.Section;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one database's section: its address, its encryption and the roles in it. */
public final class DatabaseReader {
  private final Section section;
  private final String url;
  private final Mode mode;
  private final @Nullable Path rootCertificate;

  /**
   * @param example the name of a database, for the message that tells the form of an address
   */
  public DatabaseReader(Section section, String example) {
    this.section = section;
    this.url = url(example);
    Section tls = section.section("tls");
    this.rootCertificate = tls.path("root-certificate");
    this.mode = mode(tls);
    tls.end();
  }

  /** The role under the key. */
  public DatabaseLogin login(String key, @Nullable String defaultUser) {
    Section role = section.section(key);
    String user =
        defaultUser == null
            ? role.required("user", "name the role that owns the product's objects")
            : role.text("user", defaultUser);
    Path passwordFile = role.path("password-file");
    Path certificate = role.path("certificate");
    Path secret = role.path("key");
    if ((certificate == null) != (secret == null)) {
      role.problem(
          role.path(),
          role.line("user"),
          "has only one of 'certificate' and 'key'; name both files or neither");
      certificate = null;
      secret = null;
    }
    role.end();
    return new DatabaseLogin(
        url,
        user,
        passwordFile,
        new DatabaseTls(mode, rootCertificate, certificate, secret),
        section.path());
  }

  public void end() {
    section.end();
  }

  private Mode mode(Section tls) {
    Section.Found found = tls.find("mode");
    Mode read = rootCertificate == null ? Mode.PREFER : Mode.VERIFY_FULL;
    if (found != null) {
      Mode named =
          Arrays.stream(Mode.values())
              .filter(one -> one.word().equals(found.text().strip().toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElse(null);
      if (named == null) {
        tls.problem(
            found,
            "'"
                + found.text()
                + "' is no mode of TLS; known: "
                + Arrays.stream(Mode.values()).map(Mode::word).collect(Collectors.joining(", ")));
      } else {
        read = named;
      }
      if (read.verifies() && rootCertificate == null) {
        tls.problem(
            found,
            read.word()
                + " needs 'root-certificate': the PEM file of the authority that issued the"
                + " server's certificate");
        return Mode.PREFER;
      }
      if (!read.verifies() && rootCertificate != null) {
        tls.problem(
            found,
            read.word()
                + " looks at no certificate, but 'root-certificate' is set; write verify-full or"
                + " leave it out");
      }
    }
    return read;
  }

  private String url(String example) {
    String address =
        section.required("url", "write the address, jdbc:postgresql://host:5432/" + example);
    if (address.equals("missing")) {
      return address;
    }
    String lower = address.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("jdbc:postgresql:")) {
      refuse("is not a PostgreSQL address; write jdbc:postgresql://host:5432/" + example);
    } else if (lower.contains("password=") || lower.contains("user=") || lower.contains("@")) {
      refuse(
          "must not hold a user or a password; name them under the roles, the password as"
              + " 'password-file'");
    } else if (lower.matches(".*[?&]ssl.*")) {
      refuse("must not say how to encrypt; write that as 'tls', mode and root-certificate");
    } else if (lower.contains("loadbalancehosts=")
        || lower.matches(".*[?&]targetservertype=(?!primary(&|$)).*")) {
      refuse("must not say which host is taken; the product looks for the primary among them");
    }
    return address;
  }

  private void refuse(String why) {
    section.problem(section.full("url"), section.line("url"), why);
  }
}
