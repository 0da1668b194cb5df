package dev.tarn.catalog.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import dev.tarn.storage.LocalFileIO;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests that were made to do harm, or damaged. */
class HostileManifestTest {
    private static final long LIMIT = 1 << 20;
    private static final byte[] SYNC = new byte[16];

    private final LocalFileIO io = new LocalFileIO();

    @TempDir
    Path folder;

    @Test
    void damageNeverCausesMoreThanATypedFailure() throws IOException {
        byte[] good = Files.readAllBytes(manifest());
        long seed = 7;
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = good.clone();
            for (int j = 1 + random.nextInt(4); j > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(5) == 0 ? random.nextInt(damaged.length) : damaged.length;
            Path file = Files.write(folder.resolve("damaged.avro"), java.util.Arrays.copyOf(damaged, length));
            try {
                assertThat(decode(file).rows()).isLessThan(1_000);
            } catch (TarnException e) {
                refused++;
                assertThat(e).as("seed %d, round %d", seed, i).hasMessageContaining("damaged.avro");
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void aBlockThatInflatesWithoutEndIsRefused() throws IOException {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[200 << 20]);
        deflater.finish();
        byte[] packed = new byte[1 << 20];
        int size = deflater.deflate(packed);
        deflater.end();
        Path bomb = Files.write(
                folder.resolve("bomb.avro"),
                avro("{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}", 1, packed, size));

        assertThatThrownBy(() -> decode(bomb))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("bomb.avro")
                .hasMessageContaining("inflates");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"type\":\"null\"}]}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"field-id\":9,\"type\":\"bytes\"}]}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"field-id\":9,\"type\":{\"type\":\"array\",\"items\":\"null\"}}]}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"type\":\"r\"}]}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"f\",\"size\":2000000000}}]}",
                "[\"null\", \"int\"]",
                "\"string\"",
                "not json"
            })
    void manyValuesOfFewBytesAreRefused(String schema) throws IOException {
        byte[] data = new byte[10];
        java.util.Arrays.fill(data, (byte) 0xff);
        data[9] = 0x01; // A length or count near the greatest that there is.
        Path file = Files.write(folder.resolve("claims.avro"), plainAvro(schema, Integer.MAX_VALUE, data));

        assertThatThrownBy(() -> decode(file)).isInstanceOf(TarnException.class).hasMessageContaining("claims.avro");
        assertThatThrownBy(() -> ManifestListing.decode(io, file.toUri().toString(), LIMIT))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("claims.avro");
    }

    @Test
    void aSchemaThatNestsWithoutEndIsRefused() throws IOException {
        String schema = "{\"type\":\"array\",\"items\":".repeat(400) + "\"int\"" + "}".repeat(400);
        Path file = Files.write(folder.resolve("deep.avro"), plainAvro(schema, 1, new byte[1]));

        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("nests too deeply");
    }

    @Test
    void aFileBeyondTheLimitIsNotReadToItsEnd() throws IOException {
        Path file = Files.write(folder.resolve("large.avro"), new byte[(int) LIMIT + 1]);

        assertThatThrownBy(() -> decode(file)).isInstanceOf(TarnException.class).hasMessageContaining("larger than");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> decode(folder.resolve("missing.avro")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("missing.avro")
                .hasMessageContaining("does not exist");
    }

    private ManifestColumns decode(Path file) {
        return ManifestDecoder.decode(io, file.toUri().toString(), LIMIT);
    }

    private Path manifest() throws IOException {
        Path path = folder.resolve("good.avro");
        try (ManifestWriter<DataFile> writer = ManifestFiles.write(
                2, PartitionSpec.unpartitioned(), io.newOutputFile(path.toUri().toString()), 1L)) {
            for (int i = 0; i < 40; i++) {
                Map<Integer, Long> counts = Map.of(1, (long) i, 2, 3L);
                Map<Integer, ByteBuffer> bounds = Map.of(1, ByteBuffer.wrap(new byte[] {1, 2, 3, (byte) i}));
                writer.add(DataFiles.builder(PartitionSpec.unpartitioned())
                        .withPath("file:/w/data/" + i + ".parquet")
                        .withFileSizeInBytes(i + 1)
                        .withMetrics(new Metrics((long) i, counts, counts, counts, null, bounds, bounds))
                        .build());
            }
        }
        return path;
    }

    private static byte[] plainAvro(String schema, int records, byte[] data) {
        return avro(schema, records, data, data.length, "null");
    }

    private static byte[] avro(String schema, int records, byte[] block, int length) {
        return avro(schema, records, block, length, "deflate");
    }

    private static byte[] avro(String schema, int records, byte[] block, int length, String codec) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'O', 'b', 'j', 1});
        number(out, 2);
        text(out, "avro.schema");
        text(out, schema);
        text(out, "avro.codec");
        text(out, codec);
        number(out, 0);
        out.writeBytes(SYNC);
        number(out, records);
        number(out, length);
        out.write(block, 0, length);
        out.writeBytes(SYNC);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
