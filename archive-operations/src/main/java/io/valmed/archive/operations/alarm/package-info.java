/** Alarms, as people are shown them and settle them. */
@NullMarked
package io.valmed.archive.operations.alarm;

import org.jspecify.annotations.NullMarked;
