package io.valmed.archive.purge.page;

import java.util.Arrays;
import java.util.List;

/** A hot row that this transaction has locked, by its key and the digest of what it holds. */
public final class LockedRow {
  private final int aggregate;
  private final List<String> key;
  private final byte[] digest;
  private final String place;

  /**
   * @param aggregate the place of its root on the page
   * @param key the key's values in text form, in the key's order
   * @param digest {@code RowDigest} of the row
   * @param place its {@code ctid}: while the lock is held, the row can be nowhere else
   */
  public LockedRow(int aggregate, List<String> key, byte[] digest, String place) {
    this.aggregate = aggregate;
    this.key = key;
    this.digest = digest;
    this.place = place;
  }

  /** The place of its root on the page. */
  public int aggregate() {
    return aggregate;
  }

  /** The key's values in text form, in the key's order. */
  public List<String> key() {
    return key;
  }

  /** The digest; not to be changed. */
  public byte[] digest() {
    return digest;
  }

  /** Its {@code ctid}. */
  public String place() {
    return place;
  }

  /** Whether the other digest is the same. */
  public boolean equal(byte[] other) {
    return Arrays.equals(digest, other);
  }
}
