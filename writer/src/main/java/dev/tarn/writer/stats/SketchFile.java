package dev.tarn.writer.stats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.GenericBlobMetadata;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.puffin.Blob;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinCompressionCodec;
import org.apache.iceberg.puffin.PuffinReader;
import org.apache.iceberg.puffin.PuffinWriter;
import org.apache.iceberg.puffin.StandardBlobTypes;
import org.apache.iceberg.util.Pair;

/** Sketches of columns in a Puffin file, one blob for each. */
final class SketchFile {
    /** The number of distinct values, which planners read without reading the sketch. */
    private static final String NDV_PROPERTY = "ndv";

    private SketchFile() {}

    static StatisticsFile write(Table table, Snapshot snapshot, Map<Integer, ThetaSketch> sketches) {
        OutputFile output = table.io().newOutputFile(location(table, snapshot));
        try (PuffinWriter writer = Puffin.write(output).createdBy("tarn").build()) {
            sketches.forEach((fieldId, sketch) -> writer.write(new Blob(
                    StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1,
                    List.of(fieldId),
                    snapshot.snapshotId(),
                    snapshot.sequenceNumber(),
                    ByteBuffer.wrap(sketch.toBytes()),
                    PuffinCompressionCodec.ZSTD,
                    Map.of(NDV_PROPERTY, Long.toString(Math.round(sketch.estimate()))))));
            writer.finish();
            return new GenericStatisticsFile(
                    snapshot.snapshotId(),
                    output.location(),
                    writer.fileSize(),
                    writer.footerSize(),
                    writer.writtenBlobsMetadata().stream()
                            .map(GenericBlobMetadata::from)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + output.location(), e);
        }
    }

    /** The sketches by field id; those that are not understood are left out. */
    static Map<Integer, ThetaSketch> read(Table table, StatisticsFile file) {
        Map<Integer, ThetaSketch> sketches = new HashMap<>();
        try (PuffinReader reader = Puffin.read(table.io().newInputFile(file.path()))
                .withFileSize(file.fileSizeInBytes())
                .withFooterSize(file.fileFooterSizeInBytes())
                .build()) {
            List<BlobMetadata> blobs = reader.fileMetadata().blobs().stream()
                    .filter(blob -> blob.type().equals(StandardBlobTypes.APACHE_DATASKETCHES_THETA_V1)
                            && blob.inputFields().size() == 1)
                    .toList();
            for (Pair<BlobMetadata, ByteBuffer> blob : reader.readAll(blobs)) {
                int fieldId = blob.first().inputFields().get(0);
                ThetaSketch.fromBytes(blob.second()).ifPresent(sketch -> sketches.put(fieldId, sketch));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.path(), e);
        }
        return sketches;
    }

    private static String location(Table table, Snapshot snapshot) {
        String name = "%d-%s.stats".formatted(snapshot.snapshotId(), UUID.randomUUID());
        return table instanceof HasTableOperations operations
                ? operations.operations().metadataFileLocation(name)
                : table.location() + "/metadata/" + name;
    }
}
