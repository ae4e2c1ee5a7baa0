/** The product's promises, a class each, on real PostgreSQL and Kafka. */
@NullMarked
package io.valmed.archive.e2e;

import org.jspecify.annotations.NullMarked;
