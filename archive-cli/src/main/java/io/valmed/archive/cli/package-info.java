/**
 * The {@code archive} command.
 *
 * <p>{@link io.valmed.archive.cli.ArchiveMain} hands the arguments to {@link
 * io.valmed.archive.cli.ArchiveCommand}, whose subcommands are one class per verb. A verb reads its
 * settings ({@link io.valmed.archive.cli.SettingsOption}), calls one of the product's modules and
 * answers with one of {@link io.valmed.archive.cli.ExitCode}; whatever it throws becomes one
 * sentence and its code in {@link io.valmed.archive.cli.FailureReport}.
 *
 * <p>{@link io.valmed.archive.cli.Rehearsal} is no verb: the launcher runs it after a build, so
 * that later starts are quick.
 */
@NullMarked
package io.valmed.archive.cli;

import org.jspecify.annotations.NullMarked;
