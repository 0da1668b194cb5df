package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.RecordDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics into a table, each record exactly once: rows, and how far each partition was read, are one commit, and a run
 * begins where the table says. What the group committed to Kafka is never read. Instances with the same group share the
 * partitions; one that was thought dead and is not cannot add anything any more. One run per object; {@link #stop} may be
 * called by any thread.
 */
public final class KafkaIngest {
    /**
     * Bytes of Arrow memory for each byte that a window may have in Kafka: two windows, values up to three times as wide, and
     * vectors that double as they grow.
     */
    private static final long MEMORY_PER_BYTE = 12;

    /** What even the smallest windows may take. */
    private static final long LEAST_MEMORY = 256L << 20;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final TableIdentifier table;
    private final KafkaSource source;
    private final KafkaIngestOptions options;
    private final RecordDecoder values;
    private final Optional<RecordDecoder> keys;
    private volatile boolean stopped;

    private KafkaIngest(
            Catalog catalog,
            TableIdentifier table,
            KafkaSource source,
            KafkaIngestOptions options,
            RecordDecoder values,
            Optional<RecordDecoder> keys) {
        this.catalog = catalog;
        this.table = table;
        this.source = source;
        this.options = options;
        this.values = values;
        this.keys = keys;
    }

    /** Prepares a run whose keys are not looked at. The catalog stays the caller's. */
    public static KafkaIngest into(
            Catalog catalog,
            TableIdentifier table,
            KafkaSource source,
            KafkaIngestOptions options,
            RecordDecoder values) {
        return new KafkaIngest(catalog, table, source, options, values, Optional.empty());
    }

    /** The same, with a decoder for keys, which deletes need and which fills key columns that the value lacks. */
    public KafkaIngest withKeys(RecordDecoder decoder) {
        return new KafkaIngest(catalog, table, source, options, values, Optional.of(decoder));
    }

    /**
     * Reads until the end that the options name, or until {@link #stop}; then commits what it has.
     *
     * @return what was done
     * @throws TarnException INVALID for a bad record if those abort, NOT_FOUND for topics, REFUSED if records were lost,
     *     UNAVAILABLE if Kafka, registry or catalog stay away, and others; what was committed before is kept
     */
    public KafkaIngestReceipt run(KafkaIngestListener listener) {
        Table target = catalog.loadTable(table);
        long memory = Math.max(LEAST_MEMORY, options.limits().maxBytes().bytes() * MEMORY_PER_BYTE);
        try (BufferAllocator allocator = new RootAllocator(memory);
                CommitPipeline pipeline = new CommitPipeline(
                        new Target(target, new DeadLetterTable(catalog, table, source.group()), options, allocator))) {
            return run(pipeline, listener);
        } catch (OutOfMemoryException e) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The rows of two windows need more than %d bytes of memory; commit after fewer records or bytes"
                            .formatted(memory),
                    e);
        } catch (AuthenticationException e) {
            throw new TarnException(
                    ErrorKind.UNAUTHENTICATED, "Kafka did not let us in: %s".formatted(e.getMessage()), e);
        } catch (AuthorizationException e) {
            throw new TarnException(ErrorKind.FORBIDDEN, "Kafka refused: %s".formatted(e.getMessage()), e);
        } catch (KafkaException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Kafka cannot be read: %s; check its address and login".formatted(rootMessage(e)),
                    e);
        }
    }

    /** Asks the run to commit what it has and to end; returns at once. */
    public void stop() {
        stopped = true;
    }

    private KafkaIngestReceipt run(CommitPipeline pipeline, KafkaIngestListener listener) {
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return new IngestLoop(
                            consumer,
                            source,
                            options,
                            new RecordReader(values, keys, options),
                            pipeline,
                            listener,
                            () -> stopped)
                    .run();
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.putAll(source.client());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, source.group());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Without a position from the table nothing may be read.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return properties;
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
