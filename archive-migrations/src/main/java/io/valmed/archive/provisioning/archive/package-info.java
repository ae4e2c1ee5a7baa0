/**
 * The archive database, provisioned ({@link
 * io.valmed.archive.provisioning.archive.ArchiveProvisioning}): roles and rights.
 */
@NullMarked
package io.valmed.archive.provisioning.archive;

import org.jspecify.annotations.NullMarked;
