/**
 * From nothing to settings: {@link io.valmed.archive.operations.init.InitialFiles} writes password
 * files and what superusers must run, {@link io.valmed.archive.operations.init.AccessCheck} looks
 * whether they did, {@link io.valmed.archive.operations.init.PolicyProposal} makes a policy of
 * hot's tables, and {@link io.valmed.archive.operations.init.DraftSettings} writes it all down.
 */
@NullMarked
package io.valmed.archive.operations.init;

import org.jspecify.annotations.NullMarked;
