package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.rows.RowMapper;
import dev.tarn.writer.change.MergeOptions;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;

/** The table that is written to, its schema as rows are made for it, and its dead letters. Not thread-safe. */
final class Target {
    /** Others add columns, too; who loses every time has another problem. */
    private static final int SCHEMA_ATTEMPTS = 5;

    private final Table table;
    private final DeadLetterTable letters;
    private final KafkaIngestOptions options;
    private final BufferAllocator allocator;
    private RowMapper mapper;

    Target(Table table, DeadLetterTable letters, KafkaIngestOptions options, BufferAllocator allocator) {
        this.table = table;
        this.letters = letters;
        this.options = options;
        this.allocator = allocator;
        this.mapper = new RowMapper(table.schema(), options.rules());
    }

    /** Looks at the table anew. */
    Map<String, ProducerToken> refresh() {
        table.refresh();
        follow();
        return ProducerTokens.of(table, options.write().branch());
    }

    /** An empty window for the table as it is. */
    Window newWindow() {
        return options.keyColumns().isEmpty() ? Window.ofRows(mapper, allocator) : Window.ofChanges(mapper, allocator);
    }

    /**
     * Commits a window: the dead letters first, so that none is lost when the process ends in between, then rows and
     * offsets in one commit.
     */
    IngestReceipt commit(Window window, List<ProducerToken> tokens, Map<String, Optional<ProducerToken>> follows) {
        if (!window.letters().isEmpty()) {
            letters.commit(window.letters(), allocator);
        }
        IngestOptions write = options.write().withSummary(summary(window)).withTokens(tokens, follows);
        IngestReceipt receipt = write(window, write);
        if (receipt.alreadyCommitted()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Another instance committed the same records to table %s first".formatted(table.name()));
        }
        return receipt;
    }

    private IngestReceipt write(Window window, IngestOptions write) {
        try {
            Ingest ingest = Ingest.into(table, write);
            return options.keyColumns().isEmpty()
                    ? ingest.append(window.rows().source())
                    : ingest.merge(
                            window.rows().source(),
                            MergeOptions.byKey(options.keyColumns()).withOperationColumn(Window.OPERATION_COLUMN));
        } catch (TarnException e) {
            if (e.kind() == ErrorKind.INVALID
                    && table.schema().schemaId() != window.mapper().schema().schemaId()) {
                throw new TarnException(
                        ErrorKind.CONFLICT,
                        "The schema of table %s was changed while records were read: %s"
                                .formatted(table.name(), e.getMessage()),
                        e);
            }
            throw e;
        }
    }

    /** Takes over the schema that the table has since the last commit. */
    void follow() {
        if (table.schema().schemaId() != mapper.schema().schemaId()) {
            mapper = new RowMapper(table.schema(), options.rules());
        }
    }

    /**
     * Adds columns to the table.
     *
     * @throws BadRecordException if they contradict those that it has
     */
    void grow(Schema missing) {
        for (int attempt = 1; ; attempt++) {
            try {
                UpdateSchema update = table.updateSchema().unionByNameWith(missing);
                if (!update.apply().sameSchema(table.schema())) {
                    update.commit();
                }
                break;
            } catch (CommitFailedException e) {
                if (attempt >= SCHEMA_ATTEMPTS) {
                    throw new TarnException(
                            ErrorKind.CONFLICT,
                            "Cannot add columns to table %s: others changed it %d times meanwhile"
                                    .formatted(table.name(), attempt),
                            e);
                }
                table.refresh();
            } catch (IllegalArgumentException e) {
                throw new BadRecordException(
                        Fault.UNKNOWN_FIELD,
                        "The schema of table %s cannot grow to hold the record: %s"
                                .formatted(table.name(), e.getMessage()),
                        e);
            }
        }
        table.refresh();
        follow();
    }

    private Map<String, String> summary(Window window) {
        Map<String, String> summary = new HashMap<>(options.write().summary());
        summary.put("tarn.kafka.records", Long.toString(window.records()));
        if (!window.letters().isEmpty()) {
            summary.put(
                    "tarn.kafka.dead-letters", Integer.toString(window.letters().size()));
        }
        return summary;
    }
}
