package io.valmed.archive.operations.status;

import org.jspecify.annotations.Nullable;

/**
 * One hop, judged.
 *
 * @param seconds how far behind it is; null: not known, or it has no such measure
 * @param records what waits for it; null as above
 * @param bytes what waits for it; null as above
 * @param secondsToCatchUp at the present rate; null unless it catches up
 * @param reason one sentence: what is seen
 * @param action what to do, a command where there is one; null: nothing
 */
public record HopStatus(
    Hop hop,
    HopState state,
    @Nullable Double seconds,
    @Nullable Long records,
    @Nullable Long bytes,
    @Nullable Double secondsToCatchUp,
    String reason,
    @Nullable String action) {}
