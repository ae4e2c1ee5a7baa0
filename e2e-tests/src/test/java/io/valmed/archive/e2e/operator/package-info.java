/**
 * Does what people and other machines do between two lives of the pipeline: slots dropped, tables
 * out of a publication, databases and logs put back to an older state, schemas changed.
 *
 * <p>A {@link io.valmed.archive.e2e.operator.DeedPlan} is drawn from a seed. {@link
 * io.valmed.archive.e2e.operator.Deeds} does its deeds to a {@link
 * io.valmed.archive.e2e.operator.Scene}; then {@link io.valmed.archive.e2e.operator.Person} follows
 * the product's own sentences, and nothing else, until all is quiet. {@link
 * io.valmed.archive.e2e.operator.Lives} is the ledger, kept outside the databases, and {@link
 * io.valmed.archive.e2e.operator.LivesOracle} compares everything with it.
 */
@NullMarked
package io.valmed.archive.e2e.operator;

import org.jspecify.annotations.NullMarked;
