/**
 * Compares hot with the mirror, row by row, beside running work.
 *
 * <p>{@link io.valmed.archive.purge.verify.Verification} walks every table of the policy in pages,
 * in both directions ({@link io.valmed.archive.purge.verify.TableSweep}); what was unequal at the
 * first look is looked at again once the archive has caught up ({@link
 * io.valmed.archive.purge.verify.SecondLook}); what stays unequal is told in a {@link
 * io.valmed.archive.purge.verify.VerificationResult}.
 */
@NullMarked
package io.valmed.archive.purge.verify;

import org.jspecify.annotations.NullMarked;
