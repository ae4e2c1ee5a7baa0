/**
 * What provisioning does, step by step, and takes back.
 *
 * <p>A {@link io.valmed.archive.provisioning.step.ProvisionRun} asks for the steps, leaves out what
 * is done ({@link io.valmed.archive.provisioning.step.Todo}), looks whether the role may take the
 * rest ({@link io.valmed.archive.provisioning.step.NeededRights}), and takes them: most in one
 * {@link io.valmed.archive.provisioning.step.ProvisionTransaction}, indexes and slots each by
 * itself ({@link io.valmed.archive.provisioning.step.IndexBuilds}, {@link
 * io.valmed.archive.provisioning.step.ReplicationSlots}). A {@link
 * io.valmed.archive.provisioning.step.Step} says how it is done and undone; {@link
 * io.valmed.archive.provisioning.step.ProvisionedRecords} keeps what was done, so that undo takes
 * back that and nothing else.
 */
@NullMarked
package io.valmed.archive.provisioning.step;

import org.jspecify.annotations.NullMarked;
