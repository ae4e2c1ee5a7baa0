/**
 * Verbs that prepare both databases: {@code init}, {@code migrate}, {@code provision}, {@code
 * setup}.
 */
@NullMarked
package io.valmed.archive.cli.setup;

import org.jspecify.annotations.NullMarked;
