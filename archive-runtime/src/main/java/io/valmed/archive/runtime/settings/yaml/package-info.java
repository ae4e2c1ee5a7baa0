/** The settings file: read strictly, its problems told all at once, with their places. */
@NullMarked
package io.valmed.archive.runtime.settings.yaml;

import org.jspecify.annotations.NullMarked;
