package dev.tarn.catalog.planning;

import com.github.luben.zstd.ZstdInputStream;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/**
 * An Avro container file in memory, read within limits: how large the file may be, and how large what it inflates to.
 * Not thread-safe.
 */
final class AvroFile {
    private static final byte[] MAGIC = {'O', 'b', 'j', 1};
    private static final int SYNC_LENGTH = 16;

    /** Manifests inflate to some times their size; what inflates further was made to do harm. */
    private static final int MAX_RATIO = 32;

    /** Small files may inflate further: their header is not compressed at all. */
    private static final int MIN_INFLATED = 1 << 20;

    /** What the largest file may inflate to, as a multiple of the limit for files. */
    private static final int MAX_INFLATED_OF_LIMIT = 4;

    private final String location;
    private final byte[] bytes;
    private final Map<String, byte[]> header = new HashMap<>();
    private final AvroType schema;
    private final byte[] sync;
    private final int firstBlock;
    private long inflatedLeft;

    private AvroFile(String location, byte[] bytes, long maxInflated) {
        this.location = location;
        this.bytes = bytes;
        if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptManifestException("It does not begin like an Avro file");
        }
        AvroInput in = new AvroInput(bytes, MAGIC.length, bytes.length);
        for (long count = in.readBlockCount(); count > 0; count = in.readBlockCount()) {
            for (long i = 0; i < count; i++) {
                String key = new String(in.copy(in.readLength()), StandardCharsets.UTF_8);
                header.put(key, in.copy(in.readLength()));
            }
        }
        this.sync = in.copy(SYNC_LENGTH);
        this.firstBlock = in.position();
        byte[] json = header.get("avro.schema");
        if (json == null) {
            throw new CorruptManifestException("It has no Avro schema");
        }
        this.schema = AvroType.parse(json);
        this.inflatedLeft = Math.min(maxInflated, Math.max(MIN_INFLATED, (long) bytes.length * MAX_RATIO));
    }

    /**
     * Reads a file.
     *
     * @param maxBytes larger files are refused
     * @throws TarnException INVALID if it is missing, too large or no Avro file
     */
    static AvroFile read(FileIO io, String location, long maxBytes) {
        try (InputStream in = io.newInputFile(location).newStream()) {
            byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, maxBytes + 1));
            if (bytes.length > maxBytes) {
                throw new CorruptManifestException("It is larger than %d bytes".formatted(maxBytes));
            }
            return new AvroFile(location, bytes, maxBytes * MAX_INFLATED_OF_LIMIT);
        } catch (NotFoundException e) {
            throw new TarnException(ErrorKind.INVALID, "The file %s does not exist".formatted(location), e);
        } catch (CorruptManifestException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read %s: %s".formatted(location, e.getMessage()), e);
        } catch (IOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    AvroType schema() {
        return schema;
    }

    /**
     * Calls a reader once per record, each with the input at the begin of the record.
     *
     * @throws TarnException INVALID, naming the file, if the file or a record is malformed
     */
    void forEachRecord(Consumer<AvroInput> reader) {
        try {
            AvroInput in = new AvroInput(bytes, firstBlock, bytes.length);
            while (!in.isAtEnd()) {
                long count = in.readLong();
                int length = in.readLength();
                AvroInput block = inflated(in.position(), length);
                in.skip(length);
                for (long i = 0; i < count; i++) {
                    block.countEmpty();
                    reader.accept(block);
                }
                if (count < 0 || !Arrays.equals(in.copy(SYNC_LENGTH), sync)) {
                    throw new CorruptManifestException("A block does not end with the marker of the file");
                }
            }
        } catch (CorruptManifestException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    private AvroInput inflated(int from, int length) {
        byte[] name = header.get("avro.codec");
        String codec = name == null ? "null" : new String(name, StandardCharsets.UTF_8);
        return switch (codec) {
            case "null" -> new AvroInput(bytes, from, from + length);
            case "deflate" -> deflated(from, length);
            case "zstandard" -> zstandard(from, length);
            default ->
                throw new CorruptManifestException(
                        "The codec '%s' is not supported; write manifests with deflate, zstandard or none"
                                .formatted(codec.length() > 20 ? "?" : codec));
        };
    }

    private AvroInput deflated(int from, int length) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, from, length);
            byte[] out = new byte[(int) Math.min(inflatedLeft, Math.max(1_024, length * 4L))];
            int size = 0;
            while (!inflater.finished()) {
                if (size == out.length) {
                    out = grown(out, size);
                }
                int read = inflater.inflate(out, size, out.length - size);
                size += read;
                if (read == 0 && !inflater.finished() && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new CorruptManifestException("A compressed block is cut off");
                }
            }
            inflatedLeft -= size;
            return new AvroInput(out, 0, size);
        } catch (DataFormatException e) {
            throw new CorruptManifestException("A compressed block is damaged");
        } finally {
            inflater.end();
        }
    }

    private AvroInput zstandard(int from, int length) {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(bytes, from, length))) {
            byte[] out = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, inflatedLeft + 1));
            if (out.length > inflatedLeft) {
                throw tooLarge();
            }
            inflatedLeft -= out.length;
            return new AvroInput(out, 0, out.length);
        } catch (IOException e) {
            throw new CorruptManifestException("A compressed block is damaged");
        }
    }

    private byte[] grown(byte[] out, int size) {
        if (size >= inflatedLeft) {
            throw tooLarge();
        }
        return Arrays.copyOf(out, (int) Math.min(inflatedLeft, Math.min(Integer.MAX_VALUE - 16, size * 2L)));
    }

    private static CorruptManifestException tooLarge() {
        return new CorruptManifestException("It inflates to more than a manifest of its size ever does");
    }
}
