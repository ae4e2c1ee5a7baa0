@NullMarked
package io.valmed.archive.operations.report;

import org.jspecify.annotations.NullMarked;
