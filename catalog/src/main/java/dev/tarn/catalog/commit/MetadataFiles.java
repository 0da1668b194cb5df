package dev.tarn.catalog.commit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.model.TableChanges;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes metadata files through a cache by location, which is never stale since the files never change.
 * Thread-safe. Does not own the file IO.
 */
public final class MetadataFiles {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataFiles.class);

    /** Far above any healthy table; a hostile file must not exhaust the heap. */
    private static final int MAX_BYTES = 256 << 20;

    /** Parsed metadata takes about this many times the bytes of its JSON. */
    private static final int PARSED_FACTOR = 4;

    private final FileIO io;
    private final Cache<String, TableVersion> cache;

    /** Files of one warehouse, with a cache of so many bytes. */
    public MetadataFiles(FileIO io, DataSize cacheSize) {
        this.io = io;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, TableVersion version) ->
                        (int) Math.min(Integer.MAX_VALUE, (long) version.json().length * PARSED_FACTOR))
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
    public TableVersion write(String location, TableMetadata metadata) {
        byte[] json = TableMetadataParser.toJson(metadata).getBytes(StandardCharsets.UTF_8);
        if (json.length > MAX_BYTES) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The metadata of the table would have %d bytes but at most %d can be read back; expire snapshots"
                            .formatted(json.length, MAX_BYTES));
        }
        try (OutputStream out = io.newOutputFile(location).create()) {
            out.write(isGzip(location) ? gzip(json) : json);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + location, e);
        }
        TableVersion version = new TableVersion(location, TableChanges.at(location, metadata), json);
        cache.put(location, version);
        return version;
    }

    /** Deletes a file that no version points at; a failure leaves an orphan and is logged. */
    public void deleteUnused(String location) {
        cache.invalidate(location);
        try {
            io.deleteFile(location);
        } catch (RuntimeException e) {
            LOG.warn("Cannot delete the unused metadata file {}; it stays as an orphan", location, e);
        }
    }

    private TableVersion read(String location) {
        try (InputStream raw = io.newInputFile(location).newStream();
                InputStream in = isGzip(location) ? new GZIPInputStream(raw) : raw) {
            byte[] json = in.readNBytes(MAX_BYTES + 1);
            if (json.length > MAX_BYTES) {
                throw new TarnException(
                        ErrorKind.CORRUPT,
                        "The metadata file %s is larger than %d bytes".formatted(location, MAX_BYTES));
            }
            String text = new String(json, StandardCharsets.UTF_8);
            return new TableVersion(location, TableMetadataParser.fromJson(location, text), json);
        } catch (NotFoundException e) {
            throw new TarnException(ErrorKind.CORRUPT, "The metadata file %s is missing".formatted(location), e);
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "Cannot read the metadata file %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    private static boolean isGzip(String location) {
        return location.endsWith(".gz.metadata.json") || location.endsWith(".metadata.json.gz");
    }

    /** The bytes in gzip format. */
    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 4 + 64);
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot compress in memory", e);
        }
        return packed.toByteArray();
    }
}
