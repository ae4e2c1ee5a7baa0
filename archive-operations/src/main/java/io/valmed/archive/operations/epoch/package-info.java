/** What people ask of epochs and say about them: which tables wait, and that rows really left. */
@NullMarked
package io.valmed.archive.operations.epoch;

import org.jspecify.annotations.NullMarked;
