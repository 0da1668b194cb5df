package dev.tarn.it.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.it.clients.PythonClients;
import dev.tarn.testkit.rows.CanonicalRows;
import dev.tarn.testkit.rows.RandomRecords;
import dev.tarn.testkit.rows.RandomTables;
import dev.tarn.writer.change.RowDeletes;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the writer library wrote, read by engines that we did not write. */
class EnginesReadTest {
    private static final Pattern VARIANT = Pattern.compile("<([0-9a-f]*)\\|([0-9a-f]*)>");

    /** Spark has no time of day that Iceberg can give it, and no nanoseconds. */
    private static final Set<TypeID> OF_SPARK = without(RandomTables.V2_LEAVES, TypeID.TIME);

    @TempDir
    Path folder;

    @Test
    void sparkReadsEveryTypeOfFormatVersionTwo() {
        Optional<SparkEngine> spark = SparkEngine.shared();
        assumeThat(spark).as(SparkEngine.HOW_TO_GET).isPresent();
        Random random = seeded("sparkReadsEveryTypeOfFormatVersionTwo");
        Schema schema = RandomTables.schema(random, OF_SPARK, 8);
        List<Record> rows = new RandomRecords(random).list(schema, 0, 500);
        try (WrittenLake lake = new WrittenLake(folder)) {
            Table table = lake.create("types", schema, PartitionSpec.unpartitioned(), Map.of("format-version", "2"));

            Ingest.into(table, IngestOptions.defaults()).append(rows);

            spark.orElseThrow().addCatalog("types2", lake.uri());
            requireSame(
                    "Spark, schema " + schema,
                    read(spark.orElseThrow(), "types2.db.types"),
                    CanonicalRows.of(schema.asStruct(), rows));
        }
    }

    @Test
    void sparkReadsShreddedVariants() {
        Optional<SparkEngine> spark = SparkEngine.shared();
        assumeThat(spark).as(SparkEngine.HOW_TO_GET).isPresent();
        Random random = seeded("sparkReadsShreddedVariants");
        Schema schema = RandomTables.schema(random, Set.of(TypeID.VARIANT, TypeID.STRING), 2);
        RandomRecords records = new RandomRecords(random);
        List<Record> rows = new ArrayList<>(records.listOfUniformVariants(schema, 0, 200));
        rows.addAll(records.list(schema, 200, 200));
        try (WrittenLake lake = new WrittenLake(folder)) {
            Table table = lake.create(
                    "variants",
                    schema,
                    PartitionSpec.unpartitioned(),
                    Map.of("format-version", "3", TableProperties.PARQUET_SHRED_VARIANTS, "true"));

            Ingest.into(table, IngestOptions.defaults()).append(rows);

            spark.orElseThrow().addCatalog("variants", lake.uri());
            requireSame(
                    "Spark, schema " + schema,
                    read(spark.orElseThrow(), "variants.db.variants"),
                    CanonicalRows.of(schema.asStruct(), rows));
        }
    }

    @Test
    void duckdbAndPyarrowReadEveryTypeOfFormatVersionTwo() throws Exception {
        Optional<PythonReaders> python = PythonReaders.find();
        assumeThat(python).as(PythonClients.HOW_TO_GET).isPresent();
        Random random = seeded("duckdbAndPyarrowReadEveryTypeOfFormatVersionTwo");
        Schema schema = RandomTables.schema(random, RandomTables.V2_LEAVES, 8);
        List<Record> rows = new RandomRecords(random).list(schema, 0, 500);
        try (WrittenLake lake = new WrittenLake(folder)) {
            Table table = lake.create("types", schema, PartitionSpec.unpartitioned(), Map.of("format-version", "2"));

            Ingest.into(table, IngestOptions.defaults()).append(rows);

            List<String> expected = CanonicalRows.of(schema.asStruct(), rows);
            List<String> files = WrittenLake.dataFiles(table);
            requireSame("pyarrow, schema " + schema, python.orElseThrow().pyarrow(files), expected);
            requireSame("DuckDB, schema " + schema, python.orElseThrow().duckdb(files), expected);
            requireSame(
                    "PyIceberg, schema " + schema,
                    python.orElseThrow().iceberg(lake.uri(), "db.types"),
                    ofPyIceberg(schema, rows));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, POSITIONS;COPY_ON_WRITE",
        "3, POSITIONS;COPY_ON_WRITE",
        "2, EQUALITY",
        "3, POSITIONS;EQUALITY;COPY_ON_WRITE"
    })
    void everyReaderSeesTheSameRowsAfterARandomHistory(int formatVersion, String waysOfDeleting) throws Exception {
        List<RowDeletes> ways = Stream.of(waysOfDeleting.split(";", -1))
                .map(RowDeletes::valueOf)
                .toList();
        Optional<SparkEngine> spark = SparkEngine.shared();
        Optional<PythonReaders> python = PythonReaders.find();
        assumeThat(spark.isPresent() || python.isPresent())
                .as(SparkEngine.HOW_TO_GET + "; " + PythonClients.HOW_TO_GET)
                .isTrue();
        Random random = seeded("everyReaderSeesTheSameRowsAfterARandomHistory %d %s".formatted(formatVersion, ways));
        Schema schema = RandomTables.schema(random, OF_SPARK, 3);
        try (WrittenLake lake = new WrittenLake(folder)) {
            PartitionSpec spec =
                    PartitionSpec.builderFor(schema).bucket("id", 3).build();
            Table table = lake.create("history", schema, spec, Map.of("format-version", "" + formatVersion));
            RandomHistory history = new RandomHistory(random, table, ways);

            history.run(15);

            Schema now = table.schema();
            List<String> expected = CanonicalRows.of(now.asStruct(), history.expected());
            requireSame(
                    "Iceberg after " + history, CanonicalRows.of(now.asStruct(), WrittenLake.rows(table)), expected);
            // PyIceberg 0.12 refuses tables with equality deletes.
            python.filter(readers -> !ways.contains(RowDeletes.EQUALITY))
                    .ifPresent(readers -> requireSame(
                            "PyIceberg after " + history,
                            readers.iceberg(lake.uri(), "db.history"),
                            ofPyIceberg(now, history.expected())));
            spark.ifPresent(engine -> {
                String name = "history%d_%d".formatted(formatVersion, ways.size());
                engine.addCatalog(name, lake.uri());
                requireSame("Spark after " + history, read(engine, name + ".db.history"), expected);
            });
        }
    }

    /** PyIceberg 0.12 reads some null maps and lists as empty ones; pyarrow, which it stands on, reads the same files right. */
    private static List<String> ofPyIceberg(Schema schema, List<Record> rows) {
        return CanonicalRows.ofNullCollectionsAsEmpty(schema.asStruct(), rows);
    }

    /** Compares rows and shows the first that differ, as there are many and they are long. */
    private static void requireSame(String what, List<String> actual, List<String> expected) {
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(actual);
        List<String> unexpected = new ArrayList<>(actual);
        unexpected.removeAll(expected);
        assertThat(unexpected.stream().limit(2).toList())
                .as("%s: %d rows", what, actual.size())
                .isEqualTo(missing.stream().limit(2).toList());
        assertThat(actual).as(what).hasSameSizeAs(expected);
    }

    private static List<String> read(SparkEngine spark, String table) {
        return spark.query("SELECT * FROM " + table).stream()
                .map(EnginesReadTest::withVariants)
                .sorted()
                .toList();
    }

    /** The text of a row in which variants are written as those of other readers. */
    private static String withVariants(String row) {
        return VARIANT.matcher(row).replaceAll(match -> Matcher.quoteReplacement(variant(match)));
    }

    private static String variant(MatchResult parts) {
        VariantMetadata names = Variants.metadata(bytes(parts.group(1)));
        VariantValue value = Variants.value(names, bytes(parts.group(2)));
        return CanonicalRows.of(Types.VariantType.get(), Variant.of(names, value));
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Set<TypeID> without(Set<TypeID> some, TypeID one) {
        Set<TypeID> rest = EnumSet.copyOf(some);
        rest.remove(one);
        return rest;
    }

    private static Random seeded(String test) {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        System.out.println(test + " seed " + seed);
        return new Random(seed);
    }
}
