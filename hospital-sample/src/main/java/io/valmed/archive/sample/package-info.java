/**
 * ValMed's hospital, invented: data to load and traffic to live through.
 *
 * <p>{@link io.valmed.archive.sample.SampleData} makes rows, the same ones for the same seed;
 * {@link io.valmed.archive.sample.SampleLoader} copies them into hot; {@link
 * io.valmed.archive.sample.LiveTraffic} then does what wards do all day.
 */
@NullMarked
package io.valmed.archive.sample;

import org.jspecify.annotations.NullMarked;
