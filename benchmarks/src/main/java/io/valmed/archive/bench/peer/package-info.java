/** Peers that need a program of ours to run: each a process of its own, on its own class path. */
@NullMarked
package io.valmed.archive.bench.peer;

import org.jspecify.annotations.NullMarked;
