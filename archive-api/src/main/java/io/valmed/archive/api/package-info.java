/**
 * The status page, its JSON, its live stream and {@code /metrics} of the whole way. {@code
 * ApiService} holds it together: each status that is measured goes to the {@code LiveStream} and to
 * the recorder of its history; {@code StatusRoutes} answer from the newest one, {@code TrendRoutes}
 * from the history, and {@code PurgeRoutes} hold and release the purge for those who may.
 *
 * <p>No SQL is here, and no service is known: what is shown comes from operations.
 */
@NullMarked
package io.valmed.archive.api;

import org.jspecify.annotations.NullMarked;
