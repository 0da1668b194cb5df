package dev.tarn.writer.files;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.roaringbitmap.longlong.LongConsumer;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** Row positions to delete, by data file, with what is needed to write them down. Not thread-safe. */
public final class DeletedRows {
    private final Map<String, OneFile> files = new LinkedHashMap<>();

    /** Positions of one data file. */
    static final class OneFile {
        private final PartitionSpec spec;
        private final StructLike partition;
        private final List<DeleteFile> earlierDeletes;
        private final Roaring64Bitmap positions = new Roaring64Bitmap();

        OneFile(PartitionSpec spec, StructLike partition, List<DeleteFile> earlierDeletes) {
            this.spec = spec;
            this.partition = partition;
            this.earlierDeletes = earlierDeletes;
        }

        PartitionSpec spec() {
            return spec;
        }

        StructLike partition() {
            return partition;
        }

        List<DeleteFile> earlierDeletes() {
            return earlierDeletes;
        }

        void forEach(LongConsumer consumer) {
            positions.forEach(consumer);
        }
    }

    /**
     * Says where a data file belongs, before its first position.
     *
     * @param earlierDeletes position deletes and deletion vectors that apply to it already
     */
    public void addFile(String location, PartitionSpec spec, StructLike partition, List<DeleteFile> earlierDeletes) {
        files.computeIfAbsent(location, absent -> new OneFile(spec, partition, List.copyOf(earlierDeletes)));
    }

    /** Adds one position of a data file that was added before. */
    public void addPosition(String location, long position) {
        OneFile file = files.get(location);
        if (file == null) {
            throw new IllegalStateException("No such data file was added: " + location);
        }
        file.positions.addLong(position);
    }

    /** Adds positions of a data file that was added before. */
    public void addPositions(String location, Roaring64Bitmap positions) {
        OneFile file = files.get(location);
        if (file == null) {
            throw new IllegalStateException("No such data file was added: " + location);
        }
        file.positions.or(positions);
    }

    /** Positions over all files. */
    public long count() {
        return files.values().stream()
                .mapToLong(file -> file.positions.getLongCardinality())
                .sum();
    }

    /** Data files that have positions. */
    public List<String> locations() {
        return new ArrayList<>(withPositions().keySet());
    }

    Map<String, OneFile> withPositions() {
        Map<String, OneFile> found = new HashMap<>(files);
        found.values().removeIf(file -> file.positions.isEmpty());
        return found;
    }
}
