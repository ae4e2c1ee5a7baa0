/**
 * {@code archive demo}: the whole way of a row on one machine, for real.
 *
 * <p>{@link io.valmed.archive.demo.DemoRun} tells the order: a local stack, migrations and
 * provisioning, a hospital's history, capture and sink ({@link io.valmed.archive.demo.Pipeline}),
 * live traffic, purge, and at last the checks that make a {@link
 * io.valmed.archive.demo.DemoResult}. What people see on the way goes through {@link
 * io.valmed.archive.demo.Progress}.
 */
@NullMarked
package io.valmed.archive.demo;

import org.jspecify.annotations.NullMarked;
