package io.valmed.archive.databases.cold;

import java.util.List;

/**
 * Where a walk through a root table's cold rows is, in the order of age and key.
 *
 * @param age the age column's text form
 * @param key the key's text form
 */
public record ColdCursor(String age, List<String> key) {}
