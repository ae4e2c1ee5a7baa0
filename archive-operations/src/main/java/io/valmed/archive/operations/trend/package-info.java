/**
 * How the whole way did over time: every status is handed to the {@code StatusRecorder}, which
 * keeps samples, events ({@code StatusChanges}) and the tables' sizes of each day in the archive;
 * {@code Trend} and {@code KpiReport} read them back.
 */
@NullMarked
package io.valmed.archive.operations.trend;

import org.jspecify.annotations.NullMarked;
