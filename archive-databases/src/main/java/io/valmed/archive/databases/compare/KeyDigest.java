package io.valmed.archive.databases.compare;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names a row whose key may be about a patient. */
final class KeyDigest {
  private KeyDigest() {}

  /** SHA-256 of the key's values in text form, joined by zero bytes, in hex. */
  static String of(List<String> key) {
    try {
      byte[] text = String.join("\0", key).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
