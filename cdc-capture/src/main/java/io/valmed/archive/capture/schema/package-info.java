/**
 * What a table looks like: as hot's catalogs describe it ({@link
 * io.valmed.archive.capture.schema.Catalog}), in its versions, and whether it still fits its topic
 * ({@link io.valmed.archive.capture.schema.TableTrouble}).
 */
@NullMarked
package io.valmed.archive.capture.schema;

import org.jspecify.annotations.NullMarked;
