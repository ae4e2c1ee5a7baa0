/**
 * One installation is one history: one hot database, one prefix, one archive. What is written of
 * that in both databases, and the comparison that everyone makes before anything else.
 */
@NullMarked
package io.valmed.archive.databases.identity;

import org.jspecify.annotations.NullMarked;
