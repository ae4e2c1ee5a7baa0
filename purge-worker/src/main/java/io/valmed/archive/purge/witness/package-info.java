/**
 * Journal and cold store, compared while the product runs (ADR 0121): {@link
 * io.valmed.archive.purge.witness.WitnessWatch} holds what is not witnessed in time.
 */
@NullMarked
package io.valmed.archive.purge.witness;

import org.jspecify.annotations.NullMarked;
