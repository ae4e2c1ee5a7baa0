/**
 * What depends on the policy: made in the databases by a command, and taken back by its undo.
 *
 * <p>{@link io.valmed.archive.provisioning.check.PolicyCheck} compares the policy with the live hot
 * database, {@link io.valmed.archive.provisioning.check.ServerCheck} looks at the server. {@link
 * io.valmed.archive.provisioning.hot.HotProvisioning} and {@link
 * io.valmed.archive.provisioning.archive.ArchiveProvisioning} then ask the catalogs what of the
 * wanted {@link io.valmed.archive.provisioning.step.Step}s is missing; {@link
 * io.valmed.archive.provisioning.step.ProvisionRun} builds the indexes, takes everything else in
 * one {@link io.valmed.archive.provisioning.step.ProvisionTransaction}, each step with its line in
 * {@code arc.provisioned} that says how to restore what was there, and takes them back.
 */
@NullMarked
package io.valmed.archive.provisioning;

import org.jspecify.annotations.NullMarked;
