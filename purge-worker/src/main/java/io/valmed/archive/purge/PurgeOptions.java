package io.valmed.archive.purge;

/**
 * How a purge service is run.
 *
 * @param once end when nothing that is settled and cold is left, or all that is left is refused or
 *     held; false: go on until told to stop
 */
public record PurgeOptions(boolean once) {}
