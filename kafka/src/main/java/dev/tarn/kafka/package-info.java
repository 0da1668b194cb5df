/**
 * Kafka topics into an Iceberg table, each record exactly once: the table itself holds how far every partition was read.
 *
 * <p>Start reading at {@link dev.tarn.kafka.KafkaIngest}.
 */
@NullMarked
package dev.tarn.kafka;

import org.jspecify.annotations.NullMarked;
