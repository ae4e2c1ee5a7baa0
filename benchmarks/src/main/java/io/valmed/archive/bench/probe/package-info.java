/**
 * What is measured of the product alone: how it starts, how it grows, how little memory it needs.
 */
@NullMarked
package io.valmed.archive.bench.probe;

import org.jspecify.annotations.NullMarked;
