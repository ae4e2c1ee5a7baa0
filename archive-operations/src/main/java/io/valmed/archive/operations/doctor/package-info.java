/**
 * Looks at everything that can be wrong, and changes nothing.
 *
 * <p>{@link io.valmed.archive.operations.doctor.Doctor} tries every login and asks the databases,
 * then gathers what the others find: {@link io.valmed.archive.operations.doctor.RightsFindings},
 * {@link io.valmed.archive.operations.doctor.InstalledFindings} (with {@link
 * io.valmed.archive.operations.doctor.ServicesSeen}), {@link
 * io.valmed.archive.operations.doctor.OpenFindings}, {@link
 * io.valmed.archive.operations.doctor.KafkaCheck}, {@link
 * io.valmed.archive.operations.doctor.InstallationFindings}. Each says what it found in {@link
 * io.valmed.archive.operations.doctor.Finding}s.
 */
@NullMarked
package io.valmed.archive.operations.doctor;

import org.jspecify.annotations.NullMarked;
