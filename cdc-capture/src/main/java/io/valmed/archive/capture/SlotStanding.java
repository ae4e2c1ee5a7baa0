package io.valmed.archive.capture;

/**
 * What hot keeps for capture's slot now.
 *
 * @param retainedBytes WAL that hot may not remove because of the slot; NaN: there is no slot
 * @param unsentBytes WAL behind the last position that capture has confirmed as being in Kafka;
 *     NaN: there is no slot
 */
public record SlotStanding(double retainedBytes, double unsentBytes) {}
