/**
 * What the archive database looks like to every service: mirror and cold store, the journal and its
 * witnesses, epochs, positions and holds.
 */
@NullMarked
package io.valmed.archive.databases.archive;

import org.jspecify.annotations.NullMarked;
