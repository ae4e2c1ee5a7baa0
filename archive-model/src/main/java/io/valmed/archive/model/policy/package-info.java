/** Which tables are archived, and which of their rows may leave hot. */
@NullMarked
package io.valmed.archive.model.policy;

import org.jspecify.annotations.NullMarked;
