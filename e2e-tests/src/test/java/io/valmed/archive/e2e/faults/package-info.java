/**
 * Breaks the processes, servers, networks and disks that the product runs on, while an application
 * writes.
 *
 * <p>A {@link io.valmed.archive.e2e.faults.FaultPlan} is drawn from a seed. A {@link
 * io.valmed.archive.e2e.faults.FaultSite} has every service and server as a process of its own and
 * a {@link io.valmed.archive.e2e.faults.Link} on each connection; {@link
 * io.valmed.archive.e2e.faults.FaultRun} does to it what the plan says. {@link
 * io.valmed.archive.e2e.faults.KeptService} starts again what ends, and nothing else is done to
 * help.
 */
@NullMarked
package io.valmed.archive.e2e.faults;

import org.jspecify.annotations.NullMarked;
