package dev.tarn.catalog.commit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.catalog.model.ViewChanges;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.view.ViewMetadata;
import org.apache.iceberg.view.ViewMetadataParser;

/**
 * Reads and writes the metadata files of views through a cache by location, which is never stale since the files never
 * change. Thread-safe. Does not own the file IO.
 */
public final class ViewFiles {
    /** A view is a few texts and schemas: far above any healthy one. */
    private static final int MAX_BYTES = 32 << 20;

    /** Parsed metadata takes about this many times the bytes of its JSON. */
    private static final int PARSED_FACTOR = 4;

    private final JsonFiles files;
    private final Cache<String, StoredView> cache;

    /** Files of one warehouse, with a cache of so many bytes. */
    public ViewFiles(FileIO io, DataSize cacheSize) {
        this.files = new JsonFiles(io, MAX_BYTES);
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, StoredView view) ->
                        (int) Math.min(Integer.MAX_VALUE, view.json().length() * PARSED_FACTOR))
                .build();
    }

    /**
     * A state of a view, from memory or from its file.
     *
     * @throws TarnException CORRUPT if the file is missing or no view metadata
     */
    public StoredView load(String location) {
        return cache.get(location, this::read);
    }

    /** Writes a new file, and keeps the state in memory. Fails if the file exists. */
    public void write(String location, ViewMetadata metadata) {
        Pieces json = Pieces.of(ViewMetadataParser.toJson(metadata).getBytes(StandardCharsets.UTF_8));
        files.write(location, json);
        cache.put(location, new StoredView(location, ViewChanges.at(location, metadata), json));
    }

    /** Deletes a file that no view points at; a failure leaves an orphan and is logged. */
    public void deleteUnused(String location) {
        cache.invalidate(location);
        files.deleteUnused(location);
    }

    private StoredView read(String location) {
        byte[] json = files.read(location);
        try {
            String text = new String(json, StandardCharsets.UTF_8);
            return new StoredView(location, ViewMetadataParser.fromJson(location, text), Pieces.of(json));
        } catch (RuntimeException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The metadata file %s is no view metadata: %s".formatted(location, e.getMessage()),
                    e);
        }
    }
}
