package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.AbortableOutput;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.testkit.http.Cut;
import dev.tarn.testkit.http.HttpMessage;
import dev.tarn.testkit.http.HttpProxy;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code TarnFileIO} uploads from memory, over a connection that breaks where a test says so. */
class S3UploadTest {
    private static final int PART_BYTES = 5 * 1024 * 1024;

    private final S3Fixture s3 = S3Fixture.shared();
    private final String bucket = s3.newBucket("upload");
    private final List<HttpMessage> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<HttpMessage, Cut> cuts = request -> Cut.NONE;
    private final HttpProxy proxy =
            HttpProxy.start(() -> URI.create(s3.settings().endpoint()), new HttpProxy.Watcher() {
                @Override
                public Cut cut(HttpMessage request) {
                    requests.add(request);
                    return cuts.apply(request);
                }
            });
    private final TarnFileIO io = TarnFileIO.of(properties());

    @AfterEach
    void close() {
        io.close();
        proxy.close();
    }

    @Test
    void objectsOfAnySizeAreReadBackAsWritten() throws IOException {
        for (int size : new int[] {0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 17}) {
            byte[] content = content(size);
            String location = location("size-" + size);
            try (PositionOutputStream out = io.newOutputFile(location).create()) {
                for (int from = 0; from < size; from += 1_000_003) {
                    out.write(content, from, Math.min(1_000_003, size - from));
                }
                assertThat(out.getPos()).isEqualTo(size);
            }
            InputFile written = io.newInputFile(location);
            assertThat(written.getLength()).isEqualTo(size);
            if (size > 0) {
                // Of an empty object Iceberg's stream asks for a range that does not exist.
                try (SeekableInputStream in = written.newStream()) {
                    assertThat(in.readAllBytes()).as("%d bytes", size).isEqualTo(content);
                }
            }
        }
        assertNoUploads();
    }

    @Test
    void aSmallObjectIsOneRequest() throws IOException {
        write(location("small"), content(PART_BYTES));

        assertThat(requests.stream().map(HttpMessage::method)).containsExactly("HEAD", "PUT");
    }

    @Test
    void aPartThatCannotBeSentLeavesNeitherObjectNorUpload() throws IOException {
        cuts = request -> request.target().contains("partNumber=2") ? Cut.WITHIN_REQUEST : Cut.NONE;

        assertThatThrownBy(() -> write(location("broken"), content(4 * PART_BYTES)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Cannot upload " + location("broken"));

        assertThat(io.newInputFile(location("broken")).exists()).isFalse();
        assertNoUploads();
    }

    @Test
    void aPartIsSentAgainWhenTheConnectionBreaksOnce() throws IOException {
        AtomicInteger cut = new AtomicInteger();
        cuts = request -> request.target().contains("partNumber=2") && cut.getAndIncrement() == 0
                ? Cut.BEFORE_RESPONSE
                : Cut.NONE;
        byte[] content = content(3 * PART_BYTES);

        write(location("again"), content);

        try (SeekableInputStream in = io.newInputFile(location("again")).newStream()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
        assertThat(cut.get()).isEqualTo(2);
    }

    @Test
    void aLostAnswerToTheEndOfAnUploadIsASuccess() throws IOException {
        AtomicInteger cut = new AtomicInteger();
        cuts = request ->
                request.method().equals("POST") && request.target().contains("uploadId=") && cut.getAndIncrement() == 0
                        ? Cut.BEFORE_RESPONSE
                        : Cut.NONE;

        write(location("lost"), content(2 * PART_BYTES));

        assertThat(io.newInputFile(location("lost")).getLength()).isEqualTo(2 * PART_BYTES);
        assertNoUploads();
    }

    @Test
    void anAbortedOutputLeavesNothingBehind() throws IOException {
        PositionOutputStream out = io.newOutputFile(location("aborted")).create();
        out.write(content(3 * PART_BYTES));
        assertThat(uploads()).isEqualTo(1);

        ((AbortableOutput) out).abort();
        out.close();

        assertThat(io.newInputFile(location("aborted")).exists()).isFalse();
        assertNoUploads();
    }

    @Test
    void anObjectIsNotReplacedByCreate() throws IOException {
        write(location("taken"), content(10));

        assertThatThrownBy(() -> io.newOutputFile(location("taken")).create())
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining(location("taken"));
        try (PositionOutputStream out = io.newOutputFile(location("taken")).createOrOverwrite()) {
            out.write(content(20));
        }
        assertThat(io.newInputFile(location("taken")).getLength()).isEqualTo(20);
    }

    @Test
    void uploadSettingsAreCheckedWithPropertyLimitAndValue() {
        assertThatThrownBy(() -> TarnFileIO.of(Map.of("tarn.s3.upload-part-size", "1MB")))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage("File IO property: tarn.s3.upload-part-size must be between 5MB and 1GB but was 1MB");
        assertThatThrownBy(() -> TarnFileIO.of(Map.of("tarn.s3.upload-threads", "many")))
                .isInstanceOf(TarnException.class)
                .hasMessage("File IO property: tarn.s3.upload-threads must be a whole number but was 'many'");
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(s3.settings().fileIoProperties());
        properties.put("s3.endpoint", proxy.uri().toString());
        properties.put("s3.checksum-enabled", "true");
        properties.put("s3.retry.num-retries", "1");
        properties.put("s3.retry.min-wait-ms", "10");
        properties.put("s3.retry.max-wait-ms", "50");
        properties.put("tarn.s3.upload-part-size", "5MB");
        properties.put("tarn.s3.upload-threads", "2");
        return properties;
    }

    private void write(String location, byte[] content) throws IOException {
        try (PositionOutputStream out = io.newOutputFile(location).create()) {
            out.write(content);
        }
    }

    private String location(String name) {
        return "s3://" + bucket + "/" + name;
    }

    private void assertNoUploads() {
        assertThat(uploads()).as("unfinished uploads").isZero();
    }

    private int uploads() {
        return s3.client()
                .listMultipartUploads(request -> request.bucket(bucket))
                .uploads()
                .size();
    }

    private static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
