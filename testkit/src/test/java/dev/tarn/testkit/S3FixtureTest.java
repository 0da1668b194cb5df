package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.storage.S3Settings;
import dev.tarn.storage.TarnFileIO;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3FixtureTest {
    private static final int LARGE_BYTES = 12 * 1024 * 1024;
    private static final long SEED = 42;

    @Test
    void theSharedEndpointKeepsWhatIcebergWrites() throws IOException {
        keepsWhatIcebergWrites(S3Fixture.shared().settings(), S3Fixture.shared().newBucket("io"));
    }

    @Test
    void theEmbeddedServerKeepsWhatIcebergWrites() throws IOException {
        S3Fixture embedded = S3Fixture.over(new EmbeddedSource().start().orElseThrow());

        keepsWhatIcebergWrites(embedded.settings(), embedded.newBucket("io"));
    }

    @Test
    void theMinioProgramRefusesToOverwriteWhenAskedNotTo() {
        MinioBinary minio = new MinioBinary(System.getenv());
        assumeThat(minio.find())
                .as("no minio program on the PATH, in GOBIN or in the go/bin of the home folder")
                .isPresent();
        S3Fixture fixture = S3Fixture.over(minio.start().orElseThrow());
        String bucket = fixture.newBucket("minio");
        fixture.client().putObject(r -> r.bucket(bucket).key("a").ifNoneMatch("*"), RequestBody.fromString("first"));

        assertThatThrownBy(() -> fixture.client()
                        .putObject(r -> r.bucket(bucket).key("a").ifNoneMatch("*"), RequestBody.fromString("second")))
                .isInstanceOf(S3Exception.class)
                .extracting(e -> ((S3Exception) e).statusCode())
                .isEqualTo(412);
    }

    @Test
    void everyWarehouseHasABucketOfItsOwn() {
        S3Fixture fixture = S3Fixture.shared();

        assertThat(fixture.warehouse().bucket())
                .isNotEqualTo(fixture.warehouse().bucket());
    }

    @Test
    void refusesABucketPrefixThatS3Would() {
        assertThatThrownBy(() -> S3Fixture.shared().newBucket("Not_Allowed"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The prefix of a bucket must be 1 to 48 lower-case letters, digits and hyphens but was"
                        + " 'Not_Allowed'");
    }

    @Test
    void takesTheEndpointThatTheEnvironmentNames() {
        EnvironmentS3 source = new EnvironmentS3(Map.of(
                "TEST_S3_ENDPOINT", "http://127.0.0.1:9000",
                "TEST_S3_ACCESS_KEY_ID", "id",
                "TEST_S3_SECRET_ACCESS_KEY", "secret",
                "TEST_S3_REGION", "eu-central-1"));

        S3Source.Running running = source.start().orElseThrow();

        assertThat(running.description()).isEqualTo("environment (http://127.0.0.1:9000)");
        assertThat(running.settings().fileIoProperties())
                .containsEntry("s3.endpoint", "http://127.0.0.1:9000")
                .containsEntry("s3.region", "eu-central-1")
                .containsEntry("s3.access-key-id", "id");
    }

    @Test
    void ignoresAnEnvironmentThatNamesNoEndpoint() {
        assertThat(new EnvironmentS3(Map.of("TEST_S3_REGION", "eu-central-1")).start())
                .isEmpty();
    }

    @Test
    void refusesAnEndpointWithoutKeys() {
        EnvironmentS3 source = new EnvironmentS3(Map.of("TEST_S3_ENDPOINT", "http://127.0.0.1:9000"));

        assertThatThrownBy(source::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("TEST_S3_ENDPOINT is set, so TEST_S3_ACCESS_KEY_ID must be set too");
    }

    @Test
    void goesOnToTheNextSourceWhereOneIsAbsentOrBroken() {
        S3Source.Running third = new S3Source.Running("third", S3Settings.DEFAULTS);
        List<S3Source> sources = List.of(Optional::empty, S3FixtureTest::broken, () -> Optional.of(third));

        assertThat(S3Fixture.firstOf(sources)).isEqualTo(third);
    }

    @Test
    void saysWhatFailedWhereNoSourceIsLeft() {
        assertThatThrownBy(() -> S3Fixture.firstOf(List.of(S3FixtureTest::broken)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("No S3 endpoint could be started")
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("no image"));
    }

    private static Optional<S3Source.Running> broken() {
        throw new IllegalStateException("no image");
    }

    private static void keepsWhatIcebergWrites(S3Settings settings, String bucket) throws IOException {
        Map<String, String> properties = new HashMap<>(settings.fileIoProperties());
        properties.put("s3.multipart.part-size-bytes", Integer.toString(5 * 1024 * 1024));
        byte[] small = bytes(1_000);
        byte[] large = bytes(LARGE_BYTES);
        String prefix = "s3://" + bucket + "/a/";
        try (TarnFileIO io = TarnFileIO.of(properties)) {
            write(io, prefix + "small", small);
            write(io, prefix + "large", large);

            assertThat(read(io.newInputFile(prefix + "small"), 10, 100)).isEqualTo(Arrays.copyOfRange(small, 10, 110));
            assertThat(read(io.newInputFile(prefix + "large"), LARGE_BYTES - 8, 8))
                    .isEqualTo(Arrays.copyOfRange(large, LARGE_BYTES - 8, LARGE_BYTES));
            assertThat(locations(io.listPrefix(prefix))).containsExactly(prefix + "large", prefix + "small");

            io.deleteFiles(List.of(prefix + "small", prefix + "large"));

            assertThat(io.newInputFile(prefix + "small").exists()).isFalse();
            assertThat(locations(io.listPrefix(prefix))).isEmpty();
        }
    }

    private static void write(TarnFileIO io, String location, byte[] content) throws IOException {
        try (OutputStream out = io.newOutputFile(location).create()) {
            out.write(content);
        }
    }

    private static byte[] read(InputFile file, long offsetBytes, int count) throws IOException {
        byte[] content = new byte[count];
        try (SeekableInputStream in = file.newStream()) {
            in.seek(offsetBytes);
            IOUtil.readFully(in, content, 0, count);
        }
        return content;
    }

    private static List<String> locations(Iterable<FileInfo> files) {
        return StreamSupport.stream(files.spliterator(), false)
                .map(FileInfo::location)
                .toList();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }
}
