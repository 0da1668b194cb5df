package dev.tarn.it.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.testkit.rows.CanonicalRows;
import dev.tarn.testkit.rows.RandomRecords;
import dev.tarn.testkit.rows.RandomTables;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
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
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            assertThat(read(spark.orElseThrow(), "types2.db.types"))
                    .as("schema %s", schema)
                    .isEqualTo(CanonicalRows.of(schema.asStruct(), rows));
        }
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
        long seed = System.nanoTime();
        System.out.println(test + " seed " + seed);
        return new Random(seed);
    }
}
