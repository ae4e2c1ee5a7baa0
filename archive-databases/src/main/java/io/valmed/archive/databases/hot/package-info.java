/**
 * What the hot database looks like to every service: its identity, slot, publication, tables and
 * keys as the catalogs have them.
 */
@NullMarked
package io.valmed.archive.databases.hot;

import org.jspecify.annotations.NullMarked;
