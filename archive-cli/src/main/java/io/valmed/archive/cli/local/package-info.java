/** Verbs for one machine: {@code stack}, {@code demo}, {@code sample}, {@code bench}. */
@NullMarked
package io.valmed.archive.cli.local;

import org.jspecify.annotations.NullMarked;
