/**
 * The stream behind a replication slot, read with Debezium's stock engine and connector: the second
 * way, beside {@link io.valmed.archive.capture.debezium}; {@link
 * io.valmed.archive.capture.engine.ChosenStream} takes the one that {@code capture.stream} names.
 * See docs/adr/0144.
 *
 * <p>{@link io.valmed.archive.capture.engine.EngineStream} runs the engine; {@link
 * io.valmed.archive.capture.engine.EngineProperties} sets it, {@link
 * io.valmed.archive.capture.engine.StartOffset} tells it where to start. What the connector's
 * records cannot tell is learned on the replication connection, which the connector lets be made
 * ({@link io.valmed.archive.capture.engine.EngineConnections}): {@link
 * io.valmed.archive.capture.engine.NeutralMessages} gives each announced table a name that stands
 * for the announcement and columns that are all text, so that values come through as hot's output
 * functions wrote them, and counts what each transaction holds. {@link
 * io.valmed.archive.capture.engine.RecordReader} makes events of the records with what {@link
 * io.valmed.archive.capture.engine.Wire} keeps for both sides.
 */
@NullMarked
package io.valmed.archive.capture.engine;

import org.jspecify.annotations.NullMarked;
