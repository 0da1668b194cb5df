package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.ingest.BatchSource;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MergeTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.required(2, "v", Types.StringType.get()));
    private static final Schema EVENTS = new Schema(
            Types.NestedField.optional(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()),
            Types.NestedField.optional(3, "op", Types.StringType.get()));
    private static final Schema ORDERED_EVENTS =
            TypeUtil.join(EVENTS, new Schema(Types.NestedField.optional(4, "lsn", Types.LongType.get())));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void eventsAreAppliedInTheirOrder(RowDeletes way) {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults().withRowDeletes(way));
        ingest.appendMaps(List.of(Map.of("id", 1L, "v", "a"), Map.of("id", 2L, "v", "b"), Map.of("id", 3L, "v", "c")));

        IngestReceipt receipt = merge(
                ingest,
                MergeOptions.byKey(List.of("id")),
                List.of(event("u", 1, "A"), event("d", 2, null), event("c", 4, "d")),
                List.of(event("D", 4, null), event("delete", 3, null), event("INSERT", 3, "C")));

        assertThat(values()).isEqualTo(Map.of(1L, "A", 3L, "C"));
        assertThat(receipt.rowsAdded()).isEqualTo(2);
        if (way != RowDeletes.EQUALITY) {
            assertThat(receipt.rowsDeleted()).isEqualTo(3);
        }
    }

    @Test
    void anOlderEventLosesWhereverItComes() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        merge(
                ingest,
                MergeOptions.byKey(List.of("id")).withSequenceColumn("lsn"),
                List.of(event("d", 1, null, 9), event("c", 1, "old", 3), event("u", 2, "new", 8)),
                List.of(event("u", 2, "old", 7), event("d", 3, null, 4), event("c", 3, "back", 5)));

        assertThat(values()).isEqualTo(Map.of(2L, "new", 3L, "back"));
    }

    @Test
    void eventsAsObjectsCarryASequenceThatTheTableLacks() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        ingest.mergeEvents(
                List.of(
                        ChangeEvent.insert(Map.of("id", 1L, "v", "newest", "lsn", 5)),
                        ChangeEvent.update(Map.of("id", 1L, "v", "older", "lsn", 4)),
                        ChangeEvent.delete(Map.of("id", 2L, "lsn", 1))),
                MergeOptions.byKey(List.of("id")).withSequenceColumn("lsn"));

        assertThat(values()).isEqualTo(Map.of(1L, "newest"));
    }

    @Test
    void softDeletesKeepTheRowAndMarkIt() {
        table.updateSchema().addColumn("gone", Types.BooleanType.get()).commit();
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        merge(
                ingest,
                MergeOptions.byKey(List.of("id")).withSoftDeleteColumn("gone"),
                List.of(event("c", 1, "a"), event("c", 2, "b"), event("d", 2, "b")));

        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id") + "=" + row.getField("gone"))
                .containsExactlyInAnyOrder("1=false", "2=true");
    }

    @Test
    void aColumnThatMarksDeletesIsAnOperationColumn() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        merge(
                ingest,
                MergeOptions.byKey(List.of("id"))
                        .withOperations(Map.of("true", ChangeKind.DELETE, "false", ChangeKind.UPDATE)),
                List.of(event("false", 1, "a"), event("false", 2, "b"), event("true", 1, null)));

        assertThat(values()).isEqualTo(Map.of(2L, "b"));
    }

    @Test
    void deletesOfKeysThatAreNotThereChangeNothing() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(Map.of("id", 1L, "v", "a")));

        IngestReceipt receipt =
                merge(ingest, MergeOptions.byKey(List.of("id")), List.of(event("d", 7, null), event("d", 8, null)));

        assertThat(receipt.rowsDeleted()).isZero();
        assertThat(values()).isEqualTo(Map.of(1L, "a"));
    }

    @Test
    void unknownOperationsAreRefused() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        MergeOptions merge = MergeOptions.byKey(List.of("id"));

        assertRefused(
                () -> merge(ingest, merge, List.of(event("c", 1, "a"), event("t", 2, "b"))),
                ErrorKind.INVALID,
                "Operation column 'op' is something else in row 1");
        assertRefused(
                () -> merge(ingest, merge.withOperationColumn("opp"), List.of(event("c", 1, "a"))),
                ErrorKind.INVALID,
                "lack the operation column 'opp', did you mean 'op'?");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    @Test
    void updatesOfSingleColumnsAreRefusedByName() {
        table.updateSchema().addColumn("extra", Types.StringType.get()).commit();
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        assertRefused(
                () -> merge(ingest, MergeOptions.byKey(List.of("id")), List.of(event("u", 1, "a"))),
                ErrorKind.UNSUPPORTED,
                "lack column 'extra'");
    }

    @Test
    void aDeleteWithoutItsKeyIsRefused() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());

        assertRefused(
                () -> ingest.mergeEvents(
                        List.of(ChangeEvent.delete(Map.of("v", "a"))), MergeOptions.byKey(List.of("id"))),
                ErrorKind.INVALID,
                "Key column 'id' is null or missing in row 0");
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorKind kind, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private record Event(String op, long id, @Nullable String v, long lsn) {}

    private static Event event(String op, long id, @Nullable String v) {
        return event(op, id, v, 0);
    }

    private static Event event(String op, long id, @Nullable String v, long lsn) {
        return new Event(op, id, v, lsn);
    }

    @SafeVarargs
    private static IngestReceipt merge(Ingest ingest, MergeOptions options, List<Event>... batches) {
        Schema schema = options.sequenceColumn().isPresent() ? ORDERED_EVENTS : EVENTS;
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator)) {
            RowTransposer transposer = new RowTransposer(schema, batch);
            Deque<List<Event>> left = new ArrayDeque<>();
            for (List<Event> events : batches) {
                left.add(events);
            }
            return ingest.merge(
                    new BatchSource() {
                        @Override
                        public org.apache.arrow.vector.types.pojo.Schema schema() {
                            return batch.getSchema();
                        }

                        @Override
                        public @Nullable VectorSchemaRoot next() {
                            List<Event> events = left.poll();
                            if (events == null) {
                                return null;
                            }
                            transposer.begin();
                            for (Event event : events) {
                                transposer.add((name, position) -> switch (name) {
                                    case "id" -> event.id();
                                    case "v" -> event.v();
                                    case "op" -> event.op();
                                    default -> event.lsn();
                                });
                            }
                            transposer.end();
                            return batch;
                        }
                    },
                    options);
        }
    }

    private Map<Long, String> values() {
        Map<Long, String> values = new TreeMap<>();
        TestCatalog.rows(table).forEach(row -> values.put((Long) row.getField("id"), (String) row.getField("v")));
        return values;
    }
}
