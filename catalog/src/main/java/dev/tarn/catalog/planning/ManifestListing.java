package dev.tarn.catalog.planning;

import dev.tarn.catalog.planning.AvroType.Field;
import dev.tarn.catalog.planning.AvroType.Kind;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile.PartitionFieldSummary;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * A decoded <a href="https://iceberg.apache.org/spec/#manifest-lists">manifest list</a>. Immutable, thread-safe.
 *
 * @param manifests in the order of the list, each path once
 * @param bytes memory, about
 */
record ManifestListing(List<ListedManifest> manifests, long bytes) implements Cached {
    ManifestListing {
        manifests = List.copyOf(manifests);
    }

    /** Reads and decodes a manifest list; larger files than the limit are refused. */
    static ManifestListing decode(FileIO io, String location, long maxBytes) {
        AvroFile file = AvroFile.read(io, location, maxBytes);
        Map<String, ListedManifest> byPath = new LinkedHashMap<>();
        Allocation allocation = new Allocation(maxBytes * 8);
        long[] bytes = {64};
        file.forEachRecord(in -> {
            int before = in.position();
            ListedManifest manifest = new Reader(allocation).read(file.schema(), in);
            byPath.putIfAbsent(manifest.path(), manifest);
            bytes[0] += 400 + (in.position() - before) * 3L;
        });
        return new ManifestListing(new ArrayList<>(byPath.values()), bytes[0]);
    }

    /** Reads one record. */
    private static final class Reader {
        private final Allocation allocation;
        private final Map<Integer, Long> numbers = new HashMap<>();
        private @Nullable String path;
        private @Nullable List<PartitionFieldSummary> partitions;
        private @Nullable ByteBuffer keyMetadata;

        Reader(Allocation allocation) {
            this.allocation = allocation;
        }

        ListedManifest read(AvroType record, AvroInput in) {
            allocation.add(400);
            for (Field field : record.fields()) {
                AvroType type = field.type().branch(in);
                if (type.kind() == Kind.NULL) {
                    in.countEmpty();
                    continue;
                }
                switch (field.id()) {
                    case 500 -> path = new String(bytes(type, in).array(), StandardCharsets.UTF_8);
                    case 501, 502, 503, 504, 505, 506, 512, 513, 514, 515, 516, 517, 520 ->
                        numbers.put(field.id(), ManifestDecoder.number(type, in));
                    case 507 -> partitions = summaries(type, in);
                    case 519 -> keyMetadata = bytes(type, in);
                    default -> type.skip(in);
                }
            }
            String location = path;
            Long snapshotId = numbers.get(503);
            if (location == null || snapshotId == null || !numbers.containsKey(502)) {
                throw new CorruptManifestException("A manifest list entry lacks its path, spec or snapshot");
            }
            ByteBuffer encryption = keyMetadata;
            if (encryption != null) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The manifest %s is encrypted; plan scans of this table in the client".formatted(location));
            }
            return new ListedManifest(
                    location,
                    numbers.getOrDefault(501, 0L),
                    Objects.requireNonNull(count(502)),
                    numbers.getOrDefault(517, 0L) == 1 ? ManifestContent.DELETES : ManifestContent.DATA,
                    numbers.getOrDefault(515, 0L),
                    numbers.getOrDefault(516, 0L),
                    snapshotId,
                    count(504),
                    count(505),
                    count(506),
                    numbers.get(512),
                    numbers.get(513),
                    numbers.get(514),
                    partitions,
                    null,
                    numbers.get(520));
        }

        private @Nullable Integer count(int id) {
            Long number = numbers.get(id);
            if (number == null) {
                return null;
            }
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw new CorruptManifestException("A manifest list entry has a count out of range");
            }
            return number.intValue();
        }

        private List<PartitionFieldSummary> summaries(AvroType type, AvroInput in) {
            ManifestDecoder.require(type, Kind.ARRAY);
            AvroType item = type.parts().get(0);
            List<PartitionFieldSummary> all = new ArrayList<>();
            for (long count = in.readBlockCount(); count > 0; count = in.readBlockCount()) {
                for (long i = 0; i < count; i++) {
                    in.countEmpty();
                    allocation.add(96);
                    all.add(summary(item.branch(in), in));
                }
            }
            return all;
        }

        private PartitionFieldSummary summary(AvroType record, AvroInput in) {
            ManifestDecoder.require(record, Kind.RECORD);
            boolean containsNull = true;
            Boolean containsNan = null;
            ByteBuffer lower = null;
            ByteBuffer upper = null;
            for (Field field : record.fields()) {
                AvroType type = field.type().branch(in);
                if (type.kind() == Kind.NULL) {
                    in.countEmpty();
                    continue;
                }
                switch (field.id()) {
                    case 509 -> {
                        ManifestDecoder.require(type, Kind.BOOLEAN);
                        containsNull = in.readBoolean();
                    }
                    case 518 -> {
                        ManifestDecoder.require(type, Kind.BOOLEAN);
                        containsNan = in.readBoolean();
                    }
                    case 510 -> lower = bytes(type, in);
                    case 511 -> upper = bytes(type, in);
                    default -> type.skip(in);
                }
            }
            return new ListedManifest.Summary(containsNull, containsNan, lower, upper);
        }

        private ByteBuffer bytes(AvroType type, AvroInput in) {
            if (type.kind() != Kind.STRING && type.kind() != Kind.BYTES) {
                throw new CorruptManifestException("Expected text or bytes but found the type " + type.kind());
            }
            int length = in.readLength();
            allocation.add(length);
            return ByteBuffer.wrap(in.copy(length));
        }
    }
}
