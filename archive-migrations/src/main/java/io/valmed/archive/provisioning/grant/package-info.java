/**
 * Roles and rights as steps: {@link io.valmed.archive.provisioning.grant.LoginRoles}, {@link
 * io.valmed.archive.provisioning.grant.Grants}.
 */
@NullMarked
package io.valmed.archive.provisioning.grant;

import org.jspecify.annotations.NullMarked;
