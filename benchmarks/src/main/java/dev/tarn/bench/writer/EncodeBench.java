package dev.tarn.bench.writer;

import com.github.luben.zstd.ZstdCompressCtx;
import com.sun.management.OperatingSystemMXBean;
import dev.tarn.writer.parquet.ParquetBatchWriter;
import dev.tarn.writer.parquet.ParquetFileOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;

/**
 * One Parquet file from a table in memory, by each peer in turn. CPU time is that of the whole process, garbage collection
 * and native threads included.
 */
final class EncodeBench {
    private static final int ZSTD_LEVEL = 3;

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Connection duckdb;
    private final Path folder;
    private final int rounds;

    /**
     * What one peer needed.
     *
     * @param cpuSeconds median over the rounds
     * @param wallSeconds median over the rounds
     * @param bytes length of the file; zero if there is none
     */
    record Cost(double cpuSeconds, double wallSeconds, long bytes) {}

    @FunctionalInterface
    interface Work {
        /** Does it once and tells how long the file is. */
        long run() throws IOException, SQLException;
    }

    EncodeBench(Connection duckdb, Path folder, int rounds) {
        this.duckdb = duckdb;
        this.folder = folder;
        this.rounds = rounds;
    }

    /** Measures all peers on one table, whose rows DuckDB has under the same name. */
    Map<String, Cost> run(String name, ArrowTable table) throws IOException, SQLException {
        Path raw = folder.resolve(name + "-raw.parquet");
        tarn(table, raw, CompressionCodecName.UNCOMPRESSED, 1);
        List<byte[]> pages = pages(raw);
        List<Record> records = records(table, raw);
        Map<String, Work> peers = new LinkedHashMap<>();
        peers.put("Tarn", () -> tarn(table, folder.resolve(name + "-tarn.parquet"), CompressionCodecName.ZSTD, 1));
        peers.put(
                "Tarn, 2 threads",
                () -> tarn(table, folder.resolve(name + "-tarn2.parquet"), CompressionCodecName.ZSTD, 2));
        peers.put("Iceberg generic writer", () -> iceberg(table, records, folder.resolve(name + "-iceberg.parquet")));
        peers.put("DuckDB COPY, V2 encodings", () -> copy(name, folder.resolve(name + "-duckdb.parquet")));
        peers.put("zstd calls alone", () -> compress(pages));
        return measure(peers);
    }

    private Map<String, Cost> measure(Map<String, Work> peers) throws IOException, SQLException {
        Map<String, List<double[]>> times = new LinkedHashMap<>();
        Map<String, Long> bytes = new LinkedHashMap<>();
        // The first two rounds warm the virtual machine up and do not count.
        for (int round = -2; round < rounds; round++) {
            for (Map.Entry<String, Work> peer : peers.entrySet()) {
                long cpu = SYSTEM.getProcessCpuTime();
                long wall = System.nanoTime();
                bytes.put(peer.getKey(), peer.getValue().run());
                double wallSeconds = (System.nanoTime() - wall) / 1e9;
                double cpuSeconds = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
                if (round >= 0) {
                    times.computeIfAbsent(peer.getKey(), absent -> new ArrayList<>())
                            .add(new double[] {cpuSeconds, wallSeconds});
                }
            }
        }
        Map<String, Cost> costs = new LinkedHashMap<>();
        times.forEach((peer, runs) ->
                costs.put(peer, new Cost(median(runs, 0), median(runs, 1), bytes.getOrDefault(peer, 0L))));
        return costs;
    }

    private static double median(List<double[]> runs, int figure) {
        double[] sorted = runs.stream().mapToDouble(run -> run[figure]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static long tarn(ArrowTable table, Path file, CompressionCodecName codec, int threads) throws IOException {
        Files.deleteIfExists(file);
        try (ParquetBatchWriter writer = ParquetBatchWriter.open(
                org.apache.iceberg.Files.localOutput(file.toFile()), table.schema(), options(codec, threads))) {
            for (VectorSchemaRoot batch : table.batches()) {
                writer.write(batch);
            }
            return writer.finish().bytes();
        }
    }

    private static ParquetFileOptions options(CompressionCodecName codec, int threads) {
        return new ParquetFileOptions(
                        codec, ZSTD_LEVEL, 128 << 20, 1 << 20, 20_000, 2 << 20, MetricsConfig.getDefault())
                .withThreads(threads);
    }

    private static long iceberg(ArrowTable table, List<Record> records, Path file) throws IOException {
        Files.deleteIfExists(file);
        FileAppender<Record> appender = Parquet.write(org.apache.iceberg.Files.localOutput(file.toFile()))
                .schema(table.schema())
                .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
                .set("write.parquet.compression-codec", "zstd")
                .set("write.parquet.compression-level", Integer.toString(ZSTD_LEVEL))
                .build();
        try (appender) {
            appender.addAll(records);
        }
        return appender.length();
    }

    private long copy(String name, Path file) throws IOException, SQLException {
        Files.deleteIfExists(file);
        try (Statement statement = duckdb.createStatement()) {
            statement.execute(
                    "COPY %s TO '%s' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL %d, PARQUET_VERSION V2)"
                            .formatted(name, file, ZSTD_LEVEL));
        }
        return Files.size(file);
    }

    private static long compress(List<byte[]> pages) {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.setLevel(ZSTD_LEVEL);
            byte[] target = new byte[0];
            long bytes = 0;
            for (byte[] page : pages) {
                int bound = Math.toIntExact(com.github.luben.zstd.Zstd.compressBound(page.length));
                target = target.length >= bound ? target : new byte[bound];
                bytes += context.compressByteArray(target, 0, target.length, page, 0, page.length);
            }
            return bytes;
        }
    }

    private static List<byte[]> pages(Path file) throws IOException {
        List<byte[]> pages = new ArrayList<>();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
            for (PageReadStore group = reader.readNextRowGroup(); group != null; group = reader.readNextRowGroup()) {
                for (var column : reader.getFileMetaData().getSchema().getColumns()) {
                    var chunk = group.getPageReader(column);
                    var dictionary = chunk.readDictionaryPage();
                    if (dictionary != null) {
                        pages.add(array(dictionary.getBytes()));
                    }
                    for (DataPage page = chunk.readPage(); page != null; page = chunk.readPage()) {
                        pages.add(array(bytes(page)));
                    }
                }
            }
        }
        return pages;
    }

    private static byte[] array(BytesInput page) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(page.size()));
        page.writeAllTo(bytes);
        return bytes.toByteArray();
    }

    private static BytesInput bytes(DataPage page) {
        return page.accept(new DataPage.Visitor<>() {
            @Override
            public BytesInput visit(DataPageV1 first) {
                return first.getBytes();
            }

            @Override
            public BytesInput visit(DataPageV2 second) {
                return second.getData();
            }
        });
    }

    private static List<Record> records(ArrowTable table, Path file) {
        try (CloseableIterable<Record> rows = Parquet.read(org.apache.iceberg.Files.localInput(file.toFile()))
                .project(table.schema())
                .createReaderFunc(type -> GenericParquetReaders.buildReader(table.schema(), type))
                .build()) {
            List<Record> records = new ArrayList<>();
            rows.forEach(records::add);
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
