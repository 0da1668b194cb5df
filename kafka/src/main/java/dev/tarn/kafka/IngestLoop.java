package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.RecordReader.Change;
import dev.tarn.kafka.decode.BadRecordException;
import dev.tarn.kafka.rows.SchemaGrowth;
import dev.tarn.kafka.rows.UnknownFields;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, collects and commits, over and over. Whatever goes wrong with a commit, the answer is the same: forget what was
 * collected, look where the table is, and read from there. So no outcome needs to be known to go on. Confined to the thread
 * that runs it; rebalances call back on it.
 */
final class IngestLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(IngestLoop.class);

    /** How long to wait for records before looking at limits and commits again. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaSource source;
    private final KafkaIngestOptions options;
    private final RecordReader reader;
    private final Target target;
    private final KafkaIngestListener listener;
    private final BooleanSupplier stopped;
    private final CommitPipeline pipeline;
    private final StartOffsets starts;
    private final Positions positions;
    private final CommitFailures failures = new CommitFailures();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    private Window window;
    private KafkaIngestReceipt receipt = KafkaIngestReceipt.NOTHING;
    private boolean everAssigned;
    private boolean mustRewind;
    private @Nullable RuntimeException fatal;
    private long resumeNanos = System.nanoTime();
    private long lastRecordNanos = System.nanoTime();

    IngestLoop(
            Consumer<byte[], byte[]> consumer,
            KafkaSource source,
            KafkaIngestOptions options,
            RecordReader reader,
            CommitPipeline pipeline,
            KafkaIngestListener listener,
            BooleanSupplier stopped) {
        this.consumer = consumer;
        this.source = source;
        this.options = options;
        this.reader = reader;
        this.pipeline = pipeline;
        this.target = pipeline.target();
        this.listener = listener;
        this.stopped = stopped;
        this.starts = new StartOffsets(consumer, source, listener);
        this.positions = new Positions(source.group());
        this.window = target.newWindow();
    }

    /** Runs to the end; windows that are open then are closed. */
    KafkaIngestReceipt run() {
        try {
            begin();
            while (true) {
                boolean ending = stopped.getAsBoolean() || isAtEnd();
                if (ending) {
                    guarded(this::flush);
                    if (stopped.getAsBoolean() || (!mustRewind && isAtEnd())) {
                        return receipt.withLag(lag());
                    }
                }
                step();
            }
        } finally {
            window.close();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        everAssigned = true;
        assigned.addAll(partitions);
        if (partitions.isEmpty()) {
            return;
        }
        calledBack(() -> {
            settle();
            takeOver(partitions);
        });
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        // Still ours during this call: what was read is committed rather than read again by the next owner.
        calledBack(this::flush);
        release(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        calledBack(this::settle);
        release(partitions);
        mustRewind = true;
    }

    private void release(Collection<TopicPartition> partitions) {
        if (!window.isEmpty()) {
            mustRewind = true;
        }
        assigned.removeAll(partitions);
        positions.forget(partitions);
    }

    private void begin() {
        Collection<TopicPartition> all = starts.allPartitions();
        if (options.end().untilLatest()) {
            ends.putAll(consumer.endOffsets(all));
        }
        if (source.partitions().isEmpty()) {
            consumer.subscribe(source.topics(), this);
        } else {
            consumer.assign(all);
            onPartitionsAssigned(all);
        }
    }

    private void step() {
        if (pipeline.isReady()) {
            guarded(this::settle);
        }
        boolean waits = System.nanoTime() - resumeNanos < 0;
        boolean full = window.isFull(options.limits());
        if (full && !pipeline.isBusy() && !mustRewind) {
            submit();
            full = false;
        }
        if (full || waits || mustRewind) {
            consumer.pause(consumer.assignment());
        } else {
            consumer.resume(consumer.assignment());
        }
        Iterable<ConsumerRecord<byte[], byte[]>> records = poll();
        if (fatal != null) {
            throw fatal;
        }
        if (mustRewind) {
            if (!waits) {
                guarded(this::rewind);
            }
            return;
        }
        guarded(() -> collect(records));
    }

    private Iterable<ConsumerRecord<byte[], byte[]>> poll() {
        try {
            return consumer.poll(POLL);
        } catch (InvalidOffsetException e) {
            // The records at our position are gone, or a partition could not be taken over: looking again tells which.
            LOG.debug("No valid position for {}", e.partitions());
            mustRewind = true;
            return Set.of();
        }
    }

    private void collect(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> found : records) {
            if (isMaxReached()) {
                return;
            }
            lastRecordNanos = System.nanoTime();
            add(found);
            if (mustRewind) {
                return;
            }
            if (!pipeline.isBusy() && window.isFull(options.limits())) {
                submit();
            }
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> found) {
        try {
            Change change = reader.read(found);
            switch (change.wish()) {
                case WRITE -> {
                    grow(change, found);
                    if (mustRewind) {
                        return;
                    }
                    window.write(window.mapper().map(change.fields(), found, options.keyColumns()));
                }
                case DELETE -> window.delete(window.mapper().mapKey(change.fields(), options.keyColumns()));
                case NOTHING -> window.skip();
            }
        } catch (BadRecordException e) {
            bad(found, e);
        }
        window.pass(found);
    }

    private void bad(ConsumerRecord<byte[], byte[]> found, BadRecordException reason) {
        switch (options.badRecords()) {
            case DEAD_LETTER ->
                window.addLetter(new DeadLetter(found, reason.fault(), String.valueOf(reason.getMessage())));
            case SKIP -> window.skip();
            case ABORT -> {
                flush();
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Record %d of %s-%d cannot become a row of the table: %s; set bad records aside as dead letters to go on"
                                .formatted(found.offset(), found.topic(), found.partition(), reason.getMessage()),
                        reason);
            }
        }
    }

    /** Adds the columns that a record needs, after what was read before is committed with those that there were. */
    private void grow(Change change, ConsumerRecord<byte[], byte[]> found) {
        if (options.rules().unknownFields() != UnknownFields.EVOLVE) {
            return;
        }
        Optional<Schema> missing = SchemaGrowth.of(
                window.mapper().schema(),
                change.fields(),
                Set.copyOf(options.rules().columns().values()),
                reader.valueDecoder());
        if (missing.isEmpty()) {
            return;
        }
        flush();
        if (!mustRewind) {
            target.grow(missing.get());
            listener.noticed("The table has grown for record %d of %s-%d"
                    .formatted(found.offset(), found.topic(), found.partition()));
            replaceWindow();
        }
    }

    private void flush() {
        settle();
        if (!mustRewind && !window.isEmpty()) {
            submit();
            settle();
        }
    }

    private void submit() {
        Window full = window;
        pipeline.begin(full, positions.tokens(full.nextOffsets()), positions.follows(full.nextOffsets()));
        window = target.newWindow();
    }

    /** Waits for the commit that runs and takes note of it; a failure is for {@link #guarded}. */
    private void settle() {
        Optional<CommitPipeline.Committed> ended = pipeline.settle();
        if (ended.isEmpty()) {
            return;
        }
        Window done = ended.get().window();
        positions.advance(done.nextOffsets());
        failures.succeeded();
        receipt = new KafkaIngestReceipt(
                receipt.records() + done.records(),
                receipt.rowsAdded() + ended.get().receipt().rowsAdded(),
                receipt.rowsDeleted() + ended.get().receipt().rowsDeleted(),
                receipt.deadLetters() + done.letters().size(),
                receipt.skipped() + done.skipped(),
                receipt.commits() + 1,
                receipt.rewinds(),
                lag());
        target.follow();
        if (window.isEmpty()) {
            replaceWindow();
        }
        tellKafka(done.nextOffsets());
        listener.committed(receipt);
    }

    /** For those who watch the group's lag: nobody here ever reads it. */
    private void tellKafka(Map<TopicPartition, Long> nextOffsets) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        nextOffsets.forEach((partition, next) -> {
            if (assigned.contains(partition)) {
                offsets.put(partition, new OffsetAndMetadata(next));
            }
        });
        consumer.commitAsync(offsets, (committed, failure) -> {
            if (failure != null) {
                LOG.debug("The group's offsets could not be told to Kafka", failure);
            }
        });
    }

    /** Runs work that may fail because of a commit: then everything is read again from where the table is. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failure) {
            Duration pause = failures.pauseAfter(failure);
            LOG.info("Reading again from where the table is, in {}: {}", pause, failure.toString());
            listener.noticed("Reading again from where the table is: " + failure.getMessage());
            mustRewind = true;
            resumeNanos = System.nanoTime() + pause.toNanos();
        }
    }

    /** The same inside a call of Kafka's client, which would wrap and log what is thrown through it. */
    private void calledBack(Runnable work) {
        try {
            guarded(work);
        } catch (RuntimeException failure) {
            fatal = failure;
            mustRewind = true;
        }
    }

    private void rewind() {
        settleAnyhow();
        replaceWindow();
        receipt = receipt.rewound();
        // Before: taking over may commit where reading begins. A failure sets it again.
        mustRewind = false;
        takeOver(Set.copyOf(assigned));
    }

    private void settleAnyhow() {
        try {
            settle();
        } catch (RuntimeException e) {
            LOG.debug("The commit before failed, too", e);
        }
    }

    private void takeOver(Collection<TopicPartition> partitions) {
        positions.load(target.refresh(), partitions);
        Map<TopicPartition, Long> offsets = starts.of(partitions, positions);
        offsets.forEach(consumer::seek);
        if (source.start().kind() != StartPosition.Kind.EARLIEST) {
            pinStart(offsets);
        }
    }

    /** Where latest was is written down at once, as it is somewhere else after a restart. */
    private void pinStart(Map<TopicPartition, Long> offsets) {
        boolean isNew = false;
        for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
            if (positions.offset(entry.getKey()).isEmpty()) {
                window.begin(entry.getKey(), entry.getValue());
                isNew = true;
            }
        }
        if (isNew) {
            flush();
        }
    }

    private void replaceWindow() {
        window.close();
        window = target.newWindow();
    }

    private boolean isMaxReached() {
        return options.end().maxRecords().isPresent()
                && receipt.records() + pending() >= options.end().maxRecords().getAsLong();
    }

    private long pending() {
        return window.records() + pipeline.records();
    }

    private boolean isAtEnd() {
        if (mustRewind || !everAssigned) {
            return false;
        }
        return isMaxReached() || isIdle() || isAtLatest();
    }

    private boolean isIdle() {
        return options.end().idle().isPresent()
                && System.nanoTime() - lastRecordNanos
                        >= options.end().idle().get().toNanos();
    }

    private boolean isAtLatest() {
        if (!options.end().untilLatest()) {
            return false;
        }
        for (TopicPartition partition : assigned) {
            if (consumer.position(partition) < ends.getOrDefault(partition, 0L)) {
                return false;
            }
        }
        return true;
    }

    private long lag() {
        long lag = 0;
        for (TopicPartition partition : consumer.assignment()) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        return lag;
    }
}
