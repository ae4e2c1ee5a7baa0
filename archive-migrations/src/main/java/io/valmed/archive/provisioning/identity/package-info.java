/**
 * Which installation each database belongs to: {@link
 * io.valmed.archive.provisioning.identity.HotIdentity} and {@link
 * io.valmed.archive.provisioning.identity.ArchivedIdentity} write it or adopt another's ({@link
 * io.valmed.archive.provisioning.identity.Adoption}); {@link
 * io.valmed.archive.provisioning.identity.InstallationLook} compares them for people.
 */
@NullMarked
package io.valmed.archive.provisioning.identity;

import org.jspecify.annotations.NullMarked;
