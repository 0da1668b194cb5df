package dev.tarn.catalog.commit;

import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes whole JSON files, compressed where their name says so. Thread-safe. Does not own the file IO. */
final class JsonFiles {
    private static final Logger LOG = LoggerFactory.getLogger(JsonFiles.class);

    private final FileIO io;
    private final int maxBytes;

    /** Files of at most so many bytes, after decompression: a hostile one must not exhaust the heap. */
    JsonFiles(FileIO io, int maxBytes) {
        this.io = io;
        this.maxBytes = maxBytes;
    }

    /**
     * Writes a new file. Fails if it exists.
     *
     * @throws TarnException INVALID if the file would be too large to be read back
     */
    void write(String location, Pieces json) {
        if (json.length() > maxBytes) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The metadata would have %d bytes but at most %d can be read back; remove what is not needed any more"
                            .formatted(json.length(), maxBytes));
        }
        try (OutputStream out = io.newOutputFile(location).create()) {
            for (byte[] part : isGzip(location) ? json.gzip() : json.plain()) {
                out.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + location, e);
        }
    }

    /**
     * The bytes of a file, uncompressed.
     *
     * @throws TarnException CORRUPT if it is missing, too large or damaged
     */
    byte[] read(String location) {
        try (InputStream raw = io.newInputFile(location).newStream();
                InputStream in = isGzip(location) ? new GZIPInputStream(raw) : raw) {
            byte[] json = in.readNBytes(maxBytes + 1);
            if (json.length > maxBytes) {
                throw new TarnException(
                        ErrorKind.CORRUPT,
                        "The metadata file %s is larger than %d bytes".formatted(location, maxBytes));
            }
            return json;
        } catch (NotFoundException e) {
            throw new TarnException(ErrorKind.CORRUPT, "The metadata file %s is missing".formatted(location), e);
        } catch (IOException | UncheckedIOException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "Cannot read the metadata file %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    /** Deletes a file that nothing points at; a failure leaves an orphan and is logged. */
    void deleteUnused(String location) {
        try {
            io.deleteFile(location);
        } catch (RuntimeException e) {
            LOG.warn("Cannot delete the unused metadata file {}; it stays as an orphan", location, e);
        }
    }

    private static boolean isGzip(String location) {
        return location.endsWith(".gz.metadata.json") || location.endsWith(".metadata.json.gz");
    }
}
