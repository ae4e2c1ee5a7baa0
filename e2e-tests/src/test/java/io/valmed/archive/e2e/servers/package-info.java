/**
 * The servers that installations are made on, and what is done to them.
 *
 * <p>{@link io.valmed.archive.e2e.servers.Servers} is what tests ask for. {@code -Dstack=local},
 * the default, starts them as processes of this machine; {@code -Dstack=containers} starts official
 * images on a Docker engine. The product's own processes run on this machine either way.
 */
@NullMarked
package io.valmed.archive.e2e.servers;

import org.jspecify.annotations.NullMarked;
