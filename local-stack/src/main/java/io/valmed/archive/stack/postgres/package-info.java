/** PostgreSQL from the zonky binaries: clusters, servers, standbys. */
@NullMarked
package io.valmed.archive.stack.postgres;

import org.jspecify.annotations.NullMarked;
