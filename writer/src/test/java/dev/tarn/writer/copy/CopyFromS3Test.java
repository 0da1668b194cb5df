package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.testkit.S3Fixture;
import dev.tarn.writer.TestCatalog;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class CopyFromS3Test {
    private static final Schema SCHEMA = new Schema(Types.NestedField.optional(1, "id", Types.LongType.get()));

    @TempDir
    Path folder;

    private final S3Fixture s3 = S3Fixture.shared();
    private final String bucket = s3.newBucket("copy");
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

    @Test
    void globsMatchKeysAndLoadedObjectsAreSkippedAndPurged() {
        put("in/2024/a.csv", "id\n1\n");
        put("in/2024/b.csv", "id\n2\n");
        put("in/2025/deep/c.csv", "id\n3\n");
        put("in/2025/notes.txt", "no data");

        assertThat(load("in/202?/[ab].csv").filesLoaded()).isEqualTo(2);
        CopyReceipt rest = CopyInto.run(
                table,
                options("in/{2024,2025}/**.csv").withAfterwards(CopyOptions.Afterwards.PURGE),
                CopyProgress.NONE);

        assertThat(rest.filesSkipped()).isEqualTo(2);
        assertThat(rest.rowsLoaded()).isEqualTo(1);
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThatThrownBy(() -> load("in/2025/deep/c.csv"))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("in/2025/deep/c.csv");
    }

    @Test
    void anObjectThatIsWrittenAgainIsLoadedAgain() {
        put("a.csv", "id\n1\n");
        load("a.csv");
        put("a.csv", "id\n10\n");

        assertThat(load("a.csv").filesLoaded()).isEqualTo(1);
        assertThat(load("*.csv").filesSkipped()).isEqualTo(1);
    }

    private void put(String key, String text) {
        s3.client().putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    private CopyOptions options(String glob) {
        return CopyOptions.of(List.of("s3://" + bucket + "/" + glob))
                .withSourceIo(s3.settings().fileIoProperties());
    }

    private CopyReceipt load(String glob) {
        return CopyInto.run(table, options(glob), CopyProgress.NONE);
    }
}
