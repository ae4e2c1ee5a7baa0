/** The topics: their names, what is in the schema and alarm topics, positions in them. */
@NullMarked
package io.valmed.archive.model.topic;

import org.jspecify.annotations.NullMarked;
