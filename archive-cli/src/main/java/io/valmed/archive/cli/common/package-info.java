/**
 * What every verb needs: options ({@link io.valmed.archive.cli.common.CommonOptions}, {@link
 * io.valmed.archive.cli.common.SettingsOption}), the {@link io.valmed.archive.cli.common.ExitCode},
 * JSON for programs, and {@link io.valmed.archive.cli.common.FailureReport}, which makes one
 * sentence and an exit code of whatever a verb throws.
 */
@NullMarked
package io.valmed.archive.cli.common;

import org.jspecify.annotations.NullMarked;
