package io.valmed.archive.model.policy;

/** Which rows of an aggregate must be old enough before it may leave hot. */
public enum AgeOf {
  /** The root alone, however young its children are. */
  ROOT,
  /** The root and every child row of a table with an age; a child of unknown age is never old. */
  NEWEST
}
