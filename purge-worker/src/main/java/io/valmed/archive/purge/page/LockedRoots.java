package io.valmed.archive.purge.page;

import io.valmed.archive.databases.cold.ColdCursor;

/** What a page has locked in hot, as far as the next page depends on it. */
public sealed interface LockedRoots permits WholePage, HotPage.Locked {
  /** How many roots the page decides on: the first ones that it looked at. */
  int decided();

  /** Whether no more roots follow those that the page decides on. */
  boolean last();

  /** Where the next page begins; of {@link PageRequest.Next} only. */
  ColdCursor cursor();
}
