/**
 * Which migrations this release goes with: {@link io.valmed.archive.databases.schema.ReleaseSchema}
 * names them, {@link io.valmed.archive.databases.schema.SchemaCheck} refuses a database that has
 * others.
 */
@NullMarked
package io.valmed.archive.databases.schema;

import org.jspecify.annotations.NullMarked;
