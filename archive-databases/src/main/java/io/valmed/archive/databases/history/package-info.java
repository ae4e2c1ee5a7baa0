/**
 * What the archive keeps of how the whole way did: samples of its status, events, and the tables'
 * sizes of each day. Nothing of it is needed by a service: it may be away, or be emptied.
 */
@NullMarked
package io.valmed.archive.databases.history;

import org.jspecify.annotations.NullMarked;
