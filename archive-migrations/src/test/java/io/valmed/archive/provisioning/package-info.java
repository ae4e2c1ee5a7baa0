/** Provisioning, its undo, and what the policy check refuses. */
@NullMarked
package io.valmed.archive.provisioning;

import org.jspecify.annotations.NullMarked;
