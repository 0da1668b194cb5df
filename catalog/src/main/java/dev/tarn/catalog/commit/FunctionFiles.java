package dev.tarn.catalog.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.catalog.model.FunctionMetadata;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.io.FileIO;

/**
 * Reads and writes the metadata files of functions through a cache by location, which is never stale since the files never
 * change. Thread-safe. Does not own the file IO.
 */
public final class FunctionFiles {
    /** A function is a few texts: far above any healthy one. */
    private static final int MAX_BYTES = 8 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonFiles files;
    private final Cache<String, byte[]> cache;

    /** Files of one warehouse, with a cache of so many bytes. */
    public FunctionFiles(FileIO io, DataSize cacheSize) {
        this.files = new JsonFiles(io, MAX_BYTES);
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, byte[] json) -> json.length)
                .build();
    }

    /**
     * The JSON of a function, from memory or from its file. Never to be changed.
     *
     * @throws TarnException CORRUPT if the file is missing or damaged
     */
    public byte[] load(String location) {
        return cache.get(location, files::read);
    }

    /**
     * The function that a file describes.
     *
     * @throws TarnException CORRUPT if the file is missing or no JSON object
     * @throws BadRequestException if it describes no valid function
     */
    public FunctionMetadata parse(String location) {
        try {
            JsonNode json = MAPPER.readTree(load(location));
            if (json instanceof ObjectNode object) {
                return new FunctionMetadata(object);
            }
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "The metadata file %s is no JSON: %s".formatted(location, e.getMessage()), e);
        }
        throw new TarnException(ErrorKind.CORRUPT, "The metadata file %s holds no JSON object".formatted(location));
    }

    /** Writes a new file, and keeps it in memory. Fails if the file exists. */
    public void write(String location, FunctionMetadata function) {
        try {
            byte[] json = MAPPER.writeValueAsBytes(function.json());
            files.write(location, Pieces.of(json));
            cache.put(location, json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    /** Deletes a file that no function points at; a failure leaves an orphan and is logged. */
    public void deleteUnused(String location) {
        cache.invalidate(location);
        files.deleteUnused(location);
    }
}
