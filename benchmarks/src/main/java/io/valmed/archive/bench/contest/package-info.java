/**
 * The contests: what the product does beside what a user would pick instead. A {@link
 * io.valmed.archive.bench.contest.Contest} prepares a {@link io.valmed.archive.bench.contest.Heat}
 * for each round, in which every contestant runs once.
 */
@NullMarked
package io.valmed.archive.bench.contest;

import org.jspecify.annotations.NullMarked;
