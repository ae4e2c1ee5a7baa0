package io.valmed.archive.bench.ground;

/**
 * What a process has used.
 *
 * @param cpuSeconds of user and system time
 * @param peakMebibytes the most memory resident; 0: not asked
 * @param heapMebibytes the most heap in use when it was collected; 0: not known
 */
public record Use(double cpuSeconds, double peakMebibytes, double heapMebibytes) {}
