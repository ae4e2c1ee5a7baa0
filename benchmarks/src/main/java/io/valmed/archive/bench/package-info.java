/**
 * {@code ./archive bench}: the product measured beside what a user would pick instead.
 *
 * <p>{@link io.valmed.archive.bench.BenchCommand} reads what is wanted, {@link
 * io.valmed.archive.bench.Race} lets the contestants of each {@code contest} run in turn on the
 * servers of {@code ground}, and {@link io.valmed.archive.bench.Standing} makes medians and ratios
 * of it.
 */
@NullMarked
package io.valmed.archive.bench;

import org.jspecify.annotations.NullMarked;
