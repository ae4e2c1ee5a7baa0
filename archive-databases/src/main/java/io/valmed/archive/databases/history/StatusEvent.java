package io.valmed.archive.databases.history;

import java.time.Instant;

/**
 * Something that has changed.
 *
 * @param at when it was noticed, by the clock of the host that measured
 * @param kind what, in a word: {@code started}, {@code stopped}, {@code held}, {@code released}, …
 * @param subject a hop, a server, a table, or {@code *} for the whole
 * @param detail one sentence; no value of a row
 */
public record StatusEvent(Instant at, String kind, String subject, String detail) {}
