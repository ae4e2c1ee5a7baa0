/**
 * Compares hot with the archive once, for a person who asks.
 *
 * <p>{@link io.valmed.archive.operations.verify.Verification} walks every table of the policy in
 * both directions, in pages ({@link io.valmed.archive.operations.verify.TableSweep}, with what
 * {@code databases.compare} shares with the comparison that runs by itself), then the journal
 * beside the cold store; what stays unequal is reported in a {@link
 * io.valmed.archive.operations.verify.VerificationResult}. {@link
 * io.valmed.archive.operations.verify.VerifiedTables} says how the tables stand with the comparison
 * that runs by itself.
 */
@NullMarked
package io.valmed.archive.operations.verify;

import org.jspecify.annotations.NullMarked;
