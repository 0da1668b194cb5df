package dev.tarn.catalog.commit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.bytes.Piece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotParser;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pieces say, byte for byte, what Iceberg's own parser says, whatever the history. */
class MetadataJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyVersionOfARandomHistoryIsWrittenAsIcebergWritesIt(long seed) throws IOException {
        Random random = new Random(seed);
        TableMetadata metadata = empty();
        MetadataJson json = MetadataJson.of(metadata);
        for (int step = 0; step < 250; step++) {
            metadata = at(step, change(metadata, random, step));
            json = json.next(metadata);

            assertThat(new String(json.pieces().toByteArray(), StandardCharsets.UTF_8))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(TableMetadataParser.toJson(metadata));
            assertReferencedOnly(json, metadata, seed, step);
        }
    }

    @Test
    void aVersionAfterALongHistorySharesItsPieces() {
        TableMetadata metadata = empty();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            metadata = at(i, append(metadata, random, i));
        }
        MetadataJson before = MetadataJson.of(metadata);

        MetadataJson after = before.next(append(metadata, random, 1_000));

        Set<Piece> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        shared.addAll(before.pieces().pieces());
        long written = after.pieces().pieces().stream()
                .filter(piece -> !shared.contains(piece))
                .mapToLong(piece -> piece.plain().length)
                .sum();
        assertThat(written).isLessThan(after.pieces().length() / 5);
    }

    @Test
    void jsonThatCameAsBytesIsKeptAsItIsAndFollowedByAWholeVersion() {
        TableMetadata metadata = at(1, append(empty(), new Random(1), 1));
        String pretty = "  " + TableMetadataParser.toJson(metadata) + "\n";
        MetadataJson read = MetadataJson.of(pretty.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(read.pieces().toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo(pretty);
        assertThat(new String(read.next(metadata).pieces().toByteArray(), StandardCharsets.UTF_8))
                .isEqualTo(TableMetadataParser.toJson(metadata));
    }

    private static void assertReferencedOnly(MetadataJson json, TableMetadata metadata, long seed, int step)
            throws IOException {
        JsonNode expected = JSON.readTree(TableMetadataParser.toJson(metadata));
        List<JsonNode> kept = new ArrayList<>();
        expected.get("snapshots").forEach(snapshot -> {
            long id = snapshot.get("snapshot-id").asLong();
            if (metadata.refs().values().stream().anyMatch(ref -> ref.snapshotId() == id)) {
                kept.add(snapshot);
            }
        });
        ((ObjectNode) expected).putArray("snapshots").addAll(kept);
        assertThat(JSON.readTree(json.referencedOnly(metadata).pieces().toByteArray()))
                .as("seed %d, step %d", seed, step)
                .isEqualTo(expected);
    }

    private static TableMetadata empty() {
        return TableMetadata.newTableMetadata(
                new Schema(Types.NestedField.required(1, "id", Types.LongType.get())),
                PartitionSpec.unpartitioned(),
                SortOrder.unsorted(),
                "file:///warehouse/é🏔",
                Map.of("write.metadata.previous-versions-max", "7"));
    }

    private static TableMetadata at(int step, TableMetadata metadata) {
        return TableMetadata.buildFrom(metadata)
                .discardChanges()
                .withMetadataLocation("file:///warehouse/metadata/%05d.metadata.json".formatted(step))
                .build();
    }

    private static TableMetadata change(TableMetadata base, Random random, int step) {
        int kind = random.nextInt(100);
        if (kind < 75 || base.snapshots().isEmpty()) {
            return append(base, random, step);
        }
        TableMetadata.Builder next = TableMetadata.buildFrom(base);
        if (kind < 80) {
            return next.setProperties(Map.of("key", "value \u2028 \" \\ " + step))
                    .build();
        }
        if (kind < 84) {
            return next.setRef(
                            "tag" + random.nextInt(4),
                            SnapshotRef.tagBuilder(any(base, random).snapshotId())
                                    .build())
                    .build();
        }
        if (kind < 88) {
            Snapshot snapshot = any(base, random);
            return next.setStatistics(
                            new GenericStatisticsFile(snapshot.snapshotId(), "file:///stats" + step, 10, 5, List.of()))
                    .build();
        }
        if (kind < 96) {
            return removeSome(base, random, next);
        }
        return next.setRef(
                        "main",
                        SnapshotRef.branchBuilder(any(base, random).snapshotId())
                                .build())
                .build();
    }

    /** The oldest ones as an expiry does, or any. */
    private static TableMetadata removeSome(TableMetadata base, Random random, TableMetadata.Builder next) {
        List<Long> removed = new ArrayList<>();
        boolean oldest = random.nextBoolean();
        int count = random.nextInt(base.snapshots().size() / 2 + 1);
        for (Snapshot snapshot : base.snapshots()) {
            boolean referenced =
                    base.refs().values().stream().anyMatch(ref -> ref.snapshotId() == snapshot.snapshotId());
            if (!referenced && removed.size() < count && (oldest || random.nextInt(4) == 0)) {
                removed.add(snapshot.snapshotId());
            }
        }
        return next.removeSnapshots(removed).build();
    }

    private static Snapshot any(TableMetadata metadata, Random random) {
        return metadata.snapshots().get(random.nextInt(metadata.snapshots().size()));
    }

    private static TableMetadata append(TableMetadata base, Random random, int step) {
        long id = random.nextLong(1, Long.MAX_VALUE);
        Snapshot snapshot = SnapshotParser.fromJson("""
                {"sequence-number":%d,"snapshot-id":%d,"timestamp-ms":%d,"schema-id":0,
                "summary":{"operation":"append","note":"é🏔 %d"},"manifest-list":"file:///lists/%s.avro"}""".formatted(
                        base.lastSequenceNumber() + 1,
                        id,
                        base.lastUpdatedMillis() + 1,
                        step,
                        new UUID(random.nextLong(), random.nextLong())));
        return TableMetadata.buildFrom(base)
                .setBranchSnapshot(snapshot, random.nextInt(10) == 0 ? "other" : "main")
                .build();
    }
}
