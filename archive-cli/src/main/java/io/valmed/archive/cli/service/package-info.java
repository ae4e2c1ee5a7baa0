/**
 * Verbs that run until they are told to stop: {@code capture}, {@code sink}, {@code purge}, {@code
 * api} ({@link io.valmed.archive.cli.service.ServiceRun}); {@code purge} also holds, releases,
 * repairs and reports.
 */
@NullMarked
package io.valmed.archive.cli.service;

import org.jspecify.annotations.NullMarked;
