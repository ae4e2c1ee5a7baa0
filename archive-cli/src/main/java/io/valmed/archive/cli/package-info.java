/**
 * The {@code archive} command: parse, call, print.
 *
 * <p>{@link io.valmed.archive.cli.ArchiveMain} hands the arguments to {@link
 * io.valmed.archive.cli.ArchiveCommand}, whose subcommands are one class per verb: {@code service}
 * runs capture, sink and purge; {@code setup} prepares both databases; {@code look} says how things
 * are, and settles what waits for a person; {@code local} is for one machine. A verb reads its
 * settings, calls an operation or a service and answers with an exit code; {@code common} is what
 * all of them need.
 *
 * <p>{@link io.valmed.archive.cli.Rehearsal} is no verb: the launcher runs it after a build, so
 * that later starts are quick.
 */
@NullMarked
package io.valmed.archive.cli;

import org.jspecify.annotations.NullMarked;
