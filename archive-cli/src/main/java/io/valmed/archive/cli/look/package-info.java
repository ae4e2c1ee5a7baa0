/**
 * Verbs that say how things are, and settle what waits for a person: {@code status}, {@code lag},
 * {@code doctor}, {@code verify}, {@code alarms}, {@code quarantine}, {@code epoch}.
 */
@NullMarked
package io.valmed.archive.cli.look;

import org.jspecify.annotations.NullMarked;
