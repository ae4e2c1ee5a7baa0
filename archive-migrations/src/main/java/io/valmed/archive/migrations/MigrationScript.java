package io.valmed.archive.migrations;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.apache.ibatis.migration.MigrationReader;

/**
 * One script of this release: the way up and, behind {@code -- //@UNDO}, the way down.
 *
 * @param id its number, which begins the file's name
 * @param description the rest of the file's name
 * @param text the whole file, line ends as {@code \n}
 */
record MigrationScript(long id, String description, String text) {

  /** The target's scripts from the class path, oldest first. */
  static List<MigrationScript> of(Target target) {
    return target.files().stream().map(file -> read(target, file)).toList();
  }

  /** What every session of migrations runs first. */
  static String prelude() {
    return resource("prelude.sql");
  }

  /** SHA-256 of the text, in hexadecimal. */
  String checksum() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** The way up, or down, without the other half. */
  Reader reader(boolean undo) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new MigrationReader(new ByteArrayInputStream(bytes), "UTF-8", undo, new Properties());
  }

  /** The way up as text. */
  String up() {
    try (Reader reader = reader(false);
        StringWriter out = new StringWriter()) {
      reader.transferTo(out);
      return out.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How people call it: {@code 002 purge hold}. */
  String title() {
    return "%03d %s".formatted(id, description);
  }

  private static MigrationScript read(Target target, String file) {
    int underscore = file.indexOf('_');
    return new MigrationScript(
        Long.parseLong(file.substring(0, underscore)),
        file.substring(underscore + 1).replace('_', ' '),
        resource(target.word() + "/" + file + ".sql"));
  }

  private static String resource(String name) {
    String path = "/migrations/" + name;
    try (InputStream in = MigrationScript.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
