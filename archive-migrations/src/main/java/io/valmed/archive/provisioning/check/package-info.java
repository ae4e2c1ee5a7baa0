/**
 * Whether the policy fits the hot database, and the servers fit the product: {@link
 * io.valmed.archive.provisioning.check.PolicyCheck} (tables, references, settled predicates),
 * {@link io.valmed.archive.provisioning.check.ServerCheck}, {@link
 * io.valmed.archive.provisioning.check.PhysicalCopyCheck}. Each finds {@link
 * io.valmed.archive.provisioning.check.PolicyProblem}s and changes nothing.
 */
@NullMarked
package io.valmed.archive.provisioning.check;

import org.jspecify.annotations.NullMarked;
