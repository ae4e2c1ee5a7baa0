/** How the tables stand with the comparison of hot and archive that runs by itself. */
@NullMarked
package io.valmed.archive.operations.verification;

import org.jspecify.annotations.NullMarked;
