/** Processes and ports: started, watched, and ended with their owner. */
@NullMarked
package io.valmed.archive.stack.process;

import org.jspecify.annotations.NullMarked;
