/**
 * What is measured on: {@link io.valmed.archive.bench.ground.Ground} starts the servers and fills a
 * template, from which every run gets its own {@link io.valmed.archive.bench.ground.Site} with the
 * same rows; {@link io.valmed.archive.bench.ground.HotLoad} commits them, {@link
 * io.valmed.archive.bench.ground.Arrival} tells when they are there, and {@link
 * io.valmed.archive.bench.ground.Meter} what each process spent on the way.
 */
@NullMarked
package io.valmed.archive.bench.ground;

import org.jspecify.annotations.NullMarked;
