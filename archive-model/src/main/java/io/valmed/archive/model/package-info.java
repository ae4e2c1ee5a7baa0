/**
 * The product's words as types.
 *
 * <p>A {@link io.valmed.archive.model.policy.Policy} names the tables. A row-level event of one of
 * them is a {@link io.valmed.archive.model.change.Change} on the table's topic ({@link
 * io.valmed.archive.model.topic.TopicNames}); the columns it was written with are a {@link
 * io.valmed.archive.model.TableSchema}. {@link io.valmed.archive.model.change.ChangeWriter} and
 * {@link io.valmed.archive.model.change.ChangeReader} are the wire format, {@link
 * io.valmed.archive.model.change.RowDigest} is what "equal" means.
 */
@NullMarked
package io.valmed.archive.model;

import org.jspecify.annotations.NullMarked;
