package io.valmed.archive.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What demo is wanted.
 *
 * @param orders orders of the hospital's history
 * @param history how far back they go
 * @param liveRate transactions a second that wards make meanwhile; 0: none
 * @param once end when nothing is left to purge, and check everything
 * @param directory where the data are kept; null: nowhere
 */
public record DemoOptions(
    int orders, Duration history, double liveRate, boolean once, @Nullable Path directory) {}
