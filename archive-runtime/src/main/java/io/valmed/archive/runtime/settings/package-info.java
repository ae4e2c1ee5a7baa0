/**
 * {@code archive.yaml} as records, one per concern, each checked where it is made.
 *
 * <p>{@link io.valmed.archive.runtime.settings.Settings} is the whole; {@link
 * io.valmed.archive.runtime.settings.SettingsReader} makes it from the file and the environment: it
 * parses the text into a small tree ({@code Yaml}), binds that tree section by section ({@code
 * Section}), collects everything that is wrong ({@code Problems}) and only then either answers or
 * throws.
 */
@NullMarked
package io.valmed.archive.runtime.settings;

import org.jspecify.annotations.NullMarked;
