package dev.tarn.writer.contract.gate;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.files.FileLimits;
import dev.tarn.writer.files.PartitionedFileWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way to the table of rejects, with the rule that they broke. They are committed before the load that they
 * were taken from: a load that ends in between has rejects and no rows, and with a token its repetition adds neither twice.
 * The other order could lose rows. Confined to one thread; closing without a commit deletes the files.
 */
final class Quarantine implements AutoCloseable {
    static final String RULE = "tarn_rule";
    static final String CONTRACT = "tarn_contract";
    static final String CONTRACT_VERSION = "tarn_contract_version";
    static final String REJECTED_AT = "tarn_rejected_at";
    static final String LOAD = "tarn_load";

    private static final List<String> ADDED = List.of(RULE, CONTRACT, CONTRACT_VERSION, REJECTED_AT, LOAD);

    /** What the added columns of one batch may take: a few texts for each of its rows. */
    private static final long MAX_BYTES = 256L << 20;

    private final Table source;
    private final Contract contract;
    private final RejectsTable place;
    private final List<ProducerToken> tokens;
    private final Instant at;
    private final String load;
    private @Nullable Table rejects;
    private @Nullable PartitionedFileWriter writer;
    private @Nullable BufferAllocator allocator;
    private long rows;

    Quarantine(Table source, Contract contract, RejectsTable place, List<ProducerToken> tokens, Instant at) {
        this.source = source;
        this.contract = contract;
        this.place = place;
        this.tokens = List.copyOf(tokens);
        this.at = at;
        this.load = tokens.isEmpty()
                ? UUID.randomUUID().toString()
                : tokens.get(0).producer() + " " + tokens.get(0).epoch() + ":"
                        + tokens.get(0).sequence();
    }

    /**
     * Puts rows of a batch aside.
     *
     * @param ruleOf the id of the broken rule for each of these rows, by row number
     */
    void add(VectorSchemaRoot batch, int[] selected, int count, String[] ruleOf) {
        if (count == 0) {
            return;
        }
        PartitionedFileWriter target = openWriter();
        BufferAllocator memory = allocator == null ? new RootAllocator(MAX_BYTES) : allocator;
        allocator = memory;
        List<FieldVector> added = new ArrayList<>();
        try {
            for (String name : List.of(RULE, CONTRACT, CONTRACT_VERSION, LOAD)) {
                VarCharVector vector = new VarCharVector(name, memory);
                added.add(vector);
                vector.allocateNew(batch.getRowCount());
                for (int i = 0; i < count; i++) {
                    vector.setSafe(selected[i], text(name, ruleOf[selected[i]]));
                }
                vector.setValueCount(batch.getRowCount());
            }
            TimeStampMicroTZVector time = new TimeStampMicroTZVector(REJECTED_AT, memory, "UTC");
            added.add(time);
            time.allocateNew(batch.getRowCount());
            for (int i = 0; i < count; i++) {
                time.setSafe(selected[i], ChronoUnit.MICROS.between(Instant.EPOCH, at));
            }
            time.setValueCount(batch.getRowCount());
            write(target, batch, added, selected, count);
        } finally {
            added.forEach(FieldVector::close);
        }
        rows += count;
    }

    private static void write(
            PartitionedFileWriter target, VectorSchemaRoot batch, List<FieldVector> added, int[] selected, int count) {
        List<FieldVector> all = new ArrayList<>(batch.getFieldVectors());
        all.addAll(added);
        List<Field> fields = all.stream().map(FieldVector::getField).toList();
        target.write(
                new VectorSchemaRoot(fields, all, batch.getRowCount()), selected, count, (row, file, position) -> {});
    }

    private byte[] text(String column, String rule) {
        String value =
                switch (column) {
                    case RULE -> rule;
                    case CONTRACT -> contract.id();
                    case CONTRACT_VERSION -> contract.version();
                    default -> load;
                };
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Commits the rows. Without any, nothing happens.
     *
     * @throws TarnException as a commit; the load must not be committed then
     */
    void commit() {
        PartitionedFileWriter target = writer;
        Table table = rejects;
        if (target == null || table == null || rows == 0) {
            return;
        }
        List<DataFile> files = target.complete();
        CommitRequest request = new CommitRequest(
                SnapshotRef.MAIN_BRANCH, Map.of("tarn.contract.id", contract.id(), "tarn.contract.load", load), tokens);
        try {
            CommitResult result = SnapshotCommit.run(
                    table,
                    to -> {
                        AppendFiles append = to.newAppend();
                        files.forEach(append::appendFile);
                        return append;
                    },
                    request);
            if (result.alreadyCommitted()) {
                target.abort();
            }
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                target.abort();
            }
            throw e;
        }
    }

    private PartitionedFileWriter openWriter() {
        PartitionedFileWriter open = writer;
        if (open == null) {
            Table table = place.open(source, schema());
            open = new PartitionedFileWriter(
                    table,
                    new FileLimits(
                            FileLimits.targetFileSize(table),
                            FileLimits.DEFAULT_MEMORY_BUDGET,
                            FileLimits.DEFAULT_MAX_OPEN_FILES));
            rejects = table;
            writer = open;
        }
        return open;
    }

    /** The columns of the table, all optional, and those that say why a row is here. */
    private Schema schema() {
        List<Types.NestedField> fields = new ArrayList<>();
        for (Types.NestedField column : source.schema().columns()) {
            if (ADDED.contains(column.name())) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Table %s has a column '%s' of its own, so its rejected rows cannot be put aside; drop them instead"
                                .formatted(source.name(), column.name()));
            }
            fields.add(Types.NestedField.optional(column.fieldId(), column.name(), column.type()));
        }
        int id = TypeUtil.indexById(source.schema().asStruct()).keySet().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        for (String name : ADDED) {
            id++;
            fields.add(Types.NestedField.optional(
                    id, name, name.equals(REJECTED_AT) ? Types.TimestampType.withZone() : Types.StringType.get()));
        }
        Schema schema = new Schema(fields);
        // Refuses types that no batch can hold before any row is lost from sight.
        ArrowSchemas.toArrow(schema);
        return schema;
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            BufferAllocator memory = allocator;
            if (memory != null) {
                closer.register(memory);
            }
            PartitionedFileWriter open = writer;
            if (open != null) {
                closer.register(open);
            }
        }
    }
}
