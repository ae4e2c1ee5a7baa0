/**
 * {@code archive.yaml} as records, one per concern, each checked where it is made.
 *
 * <p>{@link io.valmed.archive.runtime.settings.Settings} is the whole.
 */
@NullMarked
package io.valmed.archive.runtime.settings;

import org.jspecify.annotations.NullMarked;
