package dev.tarn.catalog.commit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.model.TableChanges;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.io.FileIO;

/**
 * Reads and writes metadata files through a cache by location, which is never stale since the files never change.
 * Thread-safe. Does not own the file IO.
 */
public final class MetadataFiles {
    /** Far above any healthy table; a hostile file must not exhaust the heap. */
    private static final int MAX_BYTES = 256 << 20;

    /** Parsed metadata takes about this many times the bytes of its JSON. */
    private static final int PARSED_FACTOR = 4;

    private final JsonFiles files;
    private final Cache<String, TableVersion> cache;

    /** Files of one warehouse, with a cache of so many bytes. */
    public MetadataFiles(FileIO io, DataSize cacheSize) {
        this.files = new JsonFiles(io, MAX_BYTES);
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, TableVersion version) -> (int)
                        Math.min(Integer.MAX_VALUE, version.json().pieces().length() * PARSED_FACTOR))
                .build();
    }

    /**
     * A version of a table, from memory or from its file.
     *
     * @throws TarnException CORRUPT if the file is missing or no table metadata
     */
    public TableVersion load(String location) {
        return cache.get(location, this::read);
    }

    /** Writes a new file, and keeps the version in memory. Fails if the file exists. */
    public void write(String location, TableMetadata metadata) {
        write(location, metadata, MetadataJson.of(metadata));
    }

    /**
     * Writes the next version of a table, and keeps it in memory. What did not change since the last version is not
     * serialised again. Fails if the file exists.
     */
    public void writeNext(String location, TableMetadata metadata, TableVersion last) {
        write(location, metadata, last.json().next(metadata));
    }

    private void write(String location, TableMetadata metadata, MetadataJson json) {
        files.write(location, json.pieces());
        cache.put(location, new TableVersion(location, TableChanges.at(location, metadata), json));
    }

    /** Deletes a file that no version points at; a failure leaves an orphan and is logged. */
    public void deleteUnused(String location) {
        cache.invalidate(location);
        files.deleteUnused(location);
    }

    private TableVersion read(String location) {
        byte[] json = files.read(location);
        try {
            String text = new String(json, StandardCharsets.UTF_8);
            return new TableVersion(location, TableMetadataParser.fromJson(location, text), MetadataJson.of(json));
        } catch (RuntimeException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The metadata file %s is no table metadata: %s".formatted(location, e.getMessage()),
                    e);
        }
    }
}
