/**
 * A real Kafka broker for tests, in a process of its own, so that nothing of it meets the libraries of a test.
 *
 * <p>Start reading at {@link dev.tarn.testkit.kafka.KafkaBroker}.
 */
@NullMarked
package dev.tarn.testkit.kafka;

import org.jspecify.annotations.NullMarked;
