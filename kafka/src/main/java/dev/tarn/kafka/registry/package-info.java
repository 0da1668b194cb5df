/**
 * A small client of a schema registry that speaks Confluent's REST protocol.
 *
 * <p>Start reading at {@link dev.tarn.kafka.registry.SchemaRegistry}.
 */
@NullMarked
package dev.tarn.kafka.registry;

import org.jspecify.annotations.NullMarked;
