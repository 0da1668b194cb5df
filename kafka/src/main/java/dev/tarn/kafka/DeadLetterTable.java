package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.rows.RowBuffer;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The table beside the one that is written to, for records that could not become rows. It is made when the first one comes,
 * and has tokens of its own: letters are committed before the rows of their window, and letters that it has already are left
 * out when the window is read again. Not thread-safe.
 */
final class DeadLetterTable {
    private static final String SUFFIX = "__dead_letters";
    private static final String FORMAT_VERSION = "2";

    private final Catalog catalog;
    private final TableIdentifier name;
    private final String group;
    private @Nullable Table table;

    DeadLetterTable(Catalog catalog, TableIdentifier main, String group) {
        this.catalog = catalog;
        this.name = TableIdentifier.of(main.namespace(), main.name() + SUFFIX);
        this.group = group;
    }

    /** Commits those letters that the table does not have yet. */
    void commit(List<DeadLetter> letters, BufferAllocator allocator) {
        Table target = open();
        target.refresh();
        Map<String, ProducerToken> known = ProducerTokens.of(target, SnapshotRef.MAIN_BRANCH);
        Map<String, ProducerToken> tokens = new HashMap<>();
        Map<String, Optional<ProducerToken>> follows = new HashMap<>();
        try (RowBuffer rows = new RowBuffer(target.schema(), allocator)) {
            for (DeadLetter letter : letters) {
                TopicPartition partition = letter.partition();
                String producer = Positions.producer(group, partition);
                Optional<ProducerToken> newest = Optional.ofNullable(known.get(producer));
                long offset = letter.origin().offset();
                if (newest.isEmpty() || newest.get().sequence() <= offset) {
                    rows.add(letter.row());
                    tokens.put(producer, new ProducerToken(producer, 0, offset + 1));
                    follows.put(producer, newest);
                }
            }
            if (rows.rows() == 0) {
                return;
            }
            IngestReceipt receipt = Ingest.into(
                            target, IngestOptions.defaults().withTokens(new ArrayList<>(tokens.values()), follows))
                    .append(rows.source());
            if (receipt.alreadyCommitted()) {
                throw new TarnException(
                        ErrorKind.CONFLICT,
                        "Another instance wrote the same dead letters to table %s; they are read again"
                                .formatted(name));
            }
        }
    }

    private Table open() {
        Table open = table;
        if (open == null) {
            open = catalog.tableExists(name) ? catalog.loadTable(name) : create();
            if (!open.schema().sameSchema(DeadLetter.SCHEMA)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Table %s is not a dead-letter table: expected the columns %s; drop or rename it"
                                .formatted(name, DeadLetter.SCHEMA.columns()));
            }
            table = open;
        }
        return open;
    }

    private Table create() {
        try {
            return catalog.createTable(
                    name, DeadLetter.SCHEMA, PartitionSpec.unpartitioned(), Map.of("format-version", FORMAT_VERSION));
        } catch (AlreadyExistsException e) {
            // Another instance had a bad record at the same time.
            return catalog.loadTable(name);
        }
    }
}
