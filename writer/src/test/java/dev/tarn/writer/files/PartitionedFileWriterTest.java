package dev.tarn.writer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.parquet.RandomRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrderComparators;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionedFileWriterTest {
    private static final Schema NARROW = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.required(2, "part", Types.LongType.get()),
            Types.NestedField.optional(3, "text", Types.StringType.get()));
    private static final int TEXT_BYTES = 200;
    private static final PartitionSpec BY_PART =
            PartitionSpec.builderFor(NARROW).identity("part").build();

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    /** With {@code -Dtarn.layout.budget-mb=256 -Dtarn.layout.rows=2000000} in the size that users have. */
    @Test
    void aThousandPartitionsInRandomOrderStayWithinTheBudgetAndMakeAThousandFiles() throws IOException {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        DataSize budget = DataSize.ofMegabytes(Integer.getInteger("tarn.layout.budget-mb", 24));
        FileLimits limits = limits(budget, DataSize.ofMegabytes(512));
        int rows = Integer.getInteger("tarn.layout.rows", 140_000);
        long peak;
        List<DataFile> files;
        try (PartitionedFileWriter writer = new PartitionedFileWriter(table, limits)) {
            writeNarrow(writer, rows, 1_000, new Random(7));
            assertThat(spilledFiles()).as("spilled files have no name").isEmpty();
            files = writer.complete();
            peak = writer.peakBytes();
        }

        assertThat(files).hasSize(1_000);
        assertThat(files.stream().mapToLong(DataFile::recordCount).sum()).isEqualTo(rows);
        assertThat(files).allSatisfy(file -> assertThat(file.splitOffsets()).hasSize(1));
        assertThat(peak).isLessThanOrEqualTo(budget.bytes());
        // The rows are more than the budget, or the test would show nothing.
        assertThat(rows * (TEXT_BYTES + 16L)).isGreaterThan(budget.bytes());
        assertThat(spilledFiles()).isEmpty();
    }

    @Test
    void nothingIsLeftWhenAWriterIsClosedInTheMiddle() throws IOException {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        try (PartitionedFileWriter writer =
                new PartitionedFileWriter(table, limits(DataSize.ofMegabytes(4), DataSize.ofMegabytes(64)))) {
            writeNarrow(writer, 40_000, 300, new Random(7));
        }
        assertThat(spilledFiles()).isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .isEmpty();
        }
    }

    @Test
    void moreSpilledRowsThanAllowedAreRefused() {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        FileLimits limits = new FileLimits(
                DataSize.ofMegabytes(512),
                DataSize.ofMegabytes(4),
                4,
                folder.resolve("spill"),
                DataSize.ofMegabytes(2));
        try (PartitionedFileWriter writer = new PartitionedFileWriter(table, limits)) {
            assertThatThrownBy(() -> writeNarrow(writer, 40_000, 300, new Random(7)))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                    .hasMessageContaining("2MB allowed in the spill folder");
        }
    }

    @Test
    void aSpillFolderThatCannotBeUsedIsNamed() throws IOException {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        Path noFolder = Files.createFile(folder.resolve("file"));
        FileLimits limits = new FileLimits(
                DataSize.ofMegabytes(512), DataSize.ofMegabytes(4), 4, noFolder, FileLimits.DEFAULT_SPILL_LIMIT);
        try (PartitionedFileWriter writer = new PartitionedFileWriter(table, limits)) {
            assertThatThrownBy(() -> writeNarrow(writer, 40_000, 300, new Random(7)))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                    .hasMessageContaining(noFolder.toString());
        }
    }

    @Test
    void aRowLargerThanTheBudgetIsRefusedWithAWayOut() {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        try (PartitionedFileWriter writer =
                        new PartitionedFileWriter(table, limits(DataSize.ofMegabytes(1), DataSize.ofMegabytes(64)));
                BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(NARROW), allocator)) {
            ((BigIntVector) batch.getVector(0)).setSafe(0, 1);
            ((BigIntVector) batch.getVector(1)).setSafe(0, 1);
            ((VarCharVector) batch.getVector(2)).setSafe(0, new byte[9 << 20]);
            batch.setRowCount(1);
            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                    .hasMessageContaining("memory budget of 1MB");
        }
    }

    @Test
    void rangeKeepsTheFilesOfAPartitionApart() {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        table.replaceSortOrder().desc("id").commit();
        table.updateProperties()
                .set(TableProperties.WRITE_DISTRIBUTION_MODE, "range")
                .commit();
        List<DataFile> files;
        try (PartitionedFileWriter writer =
                new PartitionedFileWriter(table, limits(DataSize.ofMegabytes(4), new DataSize(200_000)))) {
            writeNarrow(writer, 20_000, 2, new Random(7));
            files = writer.complete();
        }

        assertThat(files).hasSizeGreaterThan(6);
        Map<Long, List<DataFile>> byPartition = files.stream()
                .collect(Collectors.groupingBy(file -> file.partition().get(0, Long.class)));
        byPartition.forEach((partition, ofOne) -> {
            long lowest = Long.MAX_VALUE;
            for (DataFile file : ofOne) {
                List<Record> rows = read(table, file);
                assertThat((Long) rows.get(0).getField("id")).isLessThan(lowest);
                lowest = (Long) rows.get(rows.size() - 1).getField("id");
            }
        });
    }

    @Test
    void anUnknownDistributionModeIsRefused() {
        Table table = catalog.create("t", NARROW, BY_PART, 3);
        table.updateProperties()
                .set(TableProperties.WRITE_DISTRIBUTION_MODE, "spread")
                .commit();
        assertThatThrownBy(() -> new PartitionedFileWriter(table, FileLimits.of(table)))
                .isInstanceOf(TarnException.class)
                .hasMessage("Table property write.distribution-mode must be none, hash or range but is 'spread'");
    }

    /** All types, all modes, budgets that spill often: rows, order, claims and placements hold. */
    @Test
    void randomRowsArriveSortedAndWhereTheirPlacementsSay() {
        long seed = System.nanoTime();
        System.out.println("randomRowsArriveSortedAndWhereTheirPlacementsSay seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            Table table = randomTable("t" + round, random);
            FileLimits limits =
                    limits(new DataSize(1L << (20 + random.nextInt(4))), new DataSize(1L << (14 + random.nextInt(8))));
            List<Record> rows = new ArrayList<>();
            for (int i = random.nextInt(1_000); i >= 0; i--) {
                Record row = RandomRows.next(random);
                row.setField("id", (long) rows.size());
                rows.add(row);
            }
            Map<Long, String> placed = new HashMap<>();
            List<DataFile> files;
            try (PartitionedFileWriter writer = new PartitionedFileWriter(table, limits)) {
                writeRandomBatches(writer, rows, random, placed);
                files = writer.complete();
            }
            String description = "seed %d round %d order %s spec %s %s %s"
                    .formatted(seed, round, table.sortOrder(), table.spec(), table.properties(), limits);
            verify(table, files, rows, placed, description);
        }
    }

    private void verify(
            Table table, List<DataFile> files, List<Record> rows, Map<Long, String> placed, String description) {
        Comparator<StructLike> order = table.sortOrder().isSorted()
                ? SortOrderComparators.forSchema(table.schema(), table.sortOrder())
                : (left, right) -> 0;
        Map<Long, Record> found = new TreeMap<>();
        for (DataFile file : files) {
            assertThat(file.sortOrderId())
                    .as(description)
                    .isEqualTo(table.sortOrder().orderId());
            StructLike last = null;
            long position = 0;
            for (Record row : read(table, file)) {
                long id = (Long) row.getField("id");
                assertThat(found.put(id, row))
                        .as("%s: row %d once", description, id)
                        .isNull();
                if (!placed.isEmpty()) {
                    assertThat(placed.get(id)).as(description).isEqualTo(file.location() + "#" + position);
                }
                position++;
                StructLike internal = new InternalRecordWrapper(table.schema().asStruct()).wrap(row);
                if (last != null) {
                    assertThat(order.compare(last, internal)).as(description).isLessThanOrEqualTo(0);
                }
                last = internal;
            }
        }
        assertThat(new ArrayList<>(found.values())).as(description).isEqualTo(rows);
    }

    private Table randomTable(String name, Random random) {
        PartitionSpec.Builder spec = PartitionSpec.builderFor(RandomRows.SCHEMA);
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> spec.bucket("id", 40);
            case 2 -> spec.identity("b").truncate("s", 2);
            default -> spec.year("tstz").bucket("struct.y", 5);
        }
        Table table = catalog.create(name, RandomRows.SCHEMA, spec.build(), 3);
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 ->
                table.replaceSortOrder()
                        .asc("s", NullOrder.NULLS_LAST)
                        .desc("d")
                        .commit();
            case 2 ->
                table.replaceSortOrder()
                        .desc(Expressions.bucket("u", 3))
                        .asc("f")
                        .commit();
            default -> table.replaceSortOrder().asc("struct.x").asc("d38").commit();
        }
        if (random.nextBoolean()) {
            List<String> modes = List.of("none", "hash", "range");
            table.updateProperties()
                    .set(TableProperties.WRITE_DISTRIBUTION_MODE, modes.get(random.nextInt(3)))
                    .commit();
        }
        return table;
    }

    private static void writeRandomBatches(
            PartitionedFileWriter writer, List<Record> rows, Random random, Map<Long, String> placed) {
        boolean tracked = random.nextBoolean();
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(RandomRows.SCHEMA), allocator)) {
            RowTransposer transposer = new RowTransposer(RandomRows.SCHEMA, batch);
            for (int from = 0; from < rows.size(); ) {
                List<Record> part = rows.subList(from, Math.min(rows.size(), from + 1 + random.nextInt(700)));
                transposer.begin();
                part.forEach(row -> transposer.add((name, position) -> row.getField(name)));
                transposer.end();
                List<Integer> shuffled = new ArrayList<>();
                for (int i = 0; i < part.size(); i++) {
                    shuffled.add(i);
                }
                Collections.shuffle(shuffled, random);
                int[] selected = shuffled.stream().mapToInt(i -> i).toArray();
                long first = from;
                writer.write(
                        batch,
                        selected,
                        selected.length,
                        tracked
                                ? (row, location, position) -> assertThat(
                                                placed.put(first + row, location + "#" + position))
                                        .isNull()
                                : PartitionedFileWriter.RowPlacement.NONE);
                from += part.size();
            }
        }
    }

    private static void writeNarrow(PartitionedFileWriter writer, int rows, int partitions, Random random) {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(NARROW), allocator)) {
            BigIntVector ids = (BigIntVector) batch.getVector(0);
            BigIntVector parts = (BigIntVector) batch.getVector(1);
            VarCharVector texts = (VarCharVector) batch.getVector(2);
            for (int from = 0; from < rows; from += 10_000) {
                for (int i = 0; i < 10_000; i++) {
                    ids.setSafe(i, random.nextLong());
                    parts.setSafe(i, random.nextInt(partitions));
                    byte[] text = new byte[TEXT_BYTES];
                    random.nextBytes(text);
                    for (int at = 0; at < text.length; at++) {
                        text[at] = (byte) ('0' + (text[at] & 63));
                    }
                    texts.setSafe(i, text);
                }
                batch.setRowCount(10_000);
                writer.write(batch);
            }
        }
    }

    private static List<Record> read(Table table, DataFile file) {
        try (CloseableIterable<Record> rows = Parquet.read(table.io().newInputFile(file.location()))
                .project(table.schema())
                .createReaderFunc(schema -> GenericParquetReaders.buildReader(table.schema(), schema))
                .build()) {
            List<Record> found = new ArrayList<>();
            rows.forEach(row -> found.add(row.copy()));
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileLimits limits(DataSize budget, DataSize target) {
        return new FileLimits(target, budget, 16, folder.resolve("spill"), FileLimits.DEFAULT_SPILL_LIMIT);
    }

    private Set<Path> spilledFiles() throws IOException {
        Path spill = folder.resolve("spill");
        if (!Files.isDirectory(spill)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(spill)) {
            return files.collect(Collectors.toSet());
        }
    }
}
