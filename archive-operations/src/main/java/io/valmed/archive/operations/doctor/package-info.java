/** What a look at a running installation shows. */
@NullMarked
package io.valmed.archive.operations.doctor;

import org.jspecify.annotations.NullMarked;
