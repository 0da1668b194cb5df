package dev.tarn.writer.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.copy.CopyInto;
import dev.tarn.writer.copy.CopyOptions;
import dev.tarn.writer.copy.CopyProgress;
import dev.tarn.writer.copy.CopyReceipt;
import dev.tarn.writer.ingest.IngestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads of files while storage and catalog fail, and their answers get lost or come late. */
class LoadFaultsTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final int TABLES = Integer.getInteger("tarn.faults", 60) / 5;
    private static final int FILES = 4;
    private static final int MAX_TRIES = 500;

    @TempDir
    Path folder;

    @Test
    void everyFileIsLoadedExactlyOnceWhateverFails() throws Exception {
        long seed = System.nanoTime();
        System.out.println("everyFileIsLoadedExactlyOnceWhateverFails seed " + seed);
        Random random = new Random(seed);
        int failures = 0;
        int injected = 0;
        try (TestCatalog catalog = new TestCatalog(folder)) {
            for (int i = 0; i < TABLES; i++) {
                FaultPlan plan = new FaultPlan(random.nextLong(), 0.08);
                Table healthy = catalog.create("t" + i, SCHEMA, PartitionSpec.unpartitioned(), 3);
                Table faulty =
                        new BaseTable(new FaultyOperations(((HasTableOperations) healthy).operations(), plan), "t" + i);
                failures += loadAll(faulty, "t" + i);
                landWhatIsOnItsWay(faulty, plan);

                assertThat(TestCatalog.rows(catalog.load("t" + i)))
                        .as("seed %d table %d", seed, i)
                        .extracting(row -> row.getField("id"))
                        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
                injected += plan.injected().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
            }
        }
        System.out.printf("%d tables, %d faults, %d loads failed or ended unknown%n", TABLES, injected, failures);
        assertThat(injected).isPositive();
    }

    /** One file more with each load, each load repeated until it says that nothing is left. */
    private int loadAll(Table table, String name) throws Exception {
        int failures = 0;
        List<String> files = new ArrayList<>();
        for (int file = 0; file < FILES; file++) {
            Path path = folder.resolve(name + "-" + file + ".csv");
            Files.writeString(path, "id\n" + file + "\n");
            files.add(path.toString());
            CopyOptions options = CopyOptions.of(files).withIngest(IngestOptions.defaults());
            boolean done = false;
            for (int attempt = 0; !done; attempt++) {
                assertThat(attempt).isLessThan(MAX_TRIES);
                try {
                    CopyReceipt receipt = CopyInto.run(table, options, CopyProgress.NONE);
                    done = receipt.filesLoaded() + receipt.filesSkipped() == files.size();
                } catch (TarnException e) {
                    failures++;
                } catch (RuntimeException e) {
                    assertThat(e).hasStackTraceContaining("injected");
                    failures++;
                }
            }
        }
        return failures;
    }

    private static void landWhatIsOnItsWay(Table table, FaultPlan plan) {
        plan.quiet();
        for (int i = 0; i < 10; i++) {
            table.refresh();
        }
    }
}
