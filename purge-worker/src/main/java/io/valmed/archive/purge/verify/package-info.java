/**
 * The comparison of hot with the mirror that runs by itself, beside the purge.
 *
 * <p>{@link io.valmed.archive.purge.verify.VerificationService} is its thread; {@link
 * io.valmed.archive.purge.verify.OngoingVerification} walks one table after another at the rate of
 * {@code verify.pace}, with what stands in {@code databases.compare}; {@link
 * io.valmed.archive.purge.verify.VerificationGauges} says how far it is.
 */
@NullMarked
package io.valmed.archive.purge.verify;

import org.jspecify.annotations.NullMarked;
