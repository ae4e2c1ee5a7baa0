/** The sink against a real broker and a real archive; the topics are written as capture would. */
@NullMarked
package io.valmed.archive.sink;

import org.jspecify.annotations.NullMarked;
