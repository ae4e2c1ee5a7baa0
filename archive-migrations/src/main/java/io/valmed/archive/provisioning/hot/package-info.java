/**
 * The hot database, provisioned ({@link io.valmed.archive.provisioning.hot.HotProvisioning}):
 * rights, publication, replica identities, the purge's origin, indexes on age.
 */
@NullMarked
package io.valmed.archive.provisioning.hot;

import org.jspecify.annotations.NullMarked;
