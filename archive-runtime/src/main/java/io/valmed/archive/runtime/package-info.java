/**
 * What every service of the product runs on.
 *
 * <p>A service is a {@link io.valmed.archive.runtime.WorkLoop}: it opens its {@link
 * io.valmed.archive.runtime.Work} (connections, subscriptions), takes step after step, and after a
 * failure does what the failure's {@link io.valmed.archive.runtime.FailureKind} says: try again
 * with back-off, or stop with a reason. {@link io.valmed.archive.runtime.HealthEndpoint} tells the
 * world how it goes.
 */
@NullMarked
package io.valmed.archive.runtime;

import org.jspecify.annotations.NullMarked;
