package dev.tarn.writer.copy;

import com.github.luben.zstd.ZstdInputStream;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;

/** How a text file is compressed as a whole, by the ending of its name. */
enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    /** Text rarely shrinks to less than a hundredth; beyond this it is taken for a bomb. */
    private static final int MAX_EXPANSION = 300;

    /** Small files may expand as they like: they cannot do harm. */
    private static final long ALWAYS_ALLOWED_BYTES = 64L << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final String ending;

    Compression(String ending) {
        this.ending = ending;
    }

    static Compression ofName(String location) {
        String name = location.toLowerCase(Locale.ROOT);
        if (name.endsWith(GZIP.ending)) {
            return GZIP;
        }
        return name.endsWith(ZSTD.ending) ? ZSTD : NONE;
    }

    /** A location without the ending that tells this compression. */
    String without(String location) {
        return location.substring(0, location.length() - ending.length());
    }

    /**
     * The unpacked bytes of a file. Damage shows while reading, as a {@link TarnException} of kind CORRUPT.
     *
     * @throws TarnException NOT_FOUND, UNAVAILABLE, CORRUPT
     */
    static InputStream open(InputFile file) {
        try {
            InputStream raw = file.newStream();
            try {
                InputStream unpacked =
                        switch (ofName(file.location())) {
                            case NONE -> raw;
                            case GZIP -> new GZIPInputStream(raw, BUFFER_BYTES);
                            case ZSTD -> new ZstdInputStream(raw);
                        };
                return new Bounded(unpacked, file);
            } catch (IOException e) {
                raw.close();
                throw damaged(file, e);
            }
        } catch (NotFoundException e) {
            throw new TarnException(ErrorKind.NOT_FOUND, "There is no file " + file.location(), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static TarnException damaged(InputFile file, IOException cause) {
        return new TarnException(
                ErrorKind.CORRUPT,
                "%s is damaged or not compressed as its name says: %s"
                        .formatted(BadRowException.fileName(file.location()), cause.getMessage()),
                cause);
    }

    private static TarnException unreadable(InputFile file, IOException cause) {
        return new TarnException(
                ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(file.location(), cause.getMessage()), cause);
    }

    /** Stops when a file unpacks to far more than its size promises, and says which file it was. */
    private static final class Bounded extends FilterInputStream {
        private final InputFile file;
        private final long limit;
        private long count;

        Bounded(InputStream in, InputFile file) {
            super(in);
            this.file = file;
            this.limit = ofName(file.location()) == NONE
                    ? Long.MAX_VALUE
                    : Math.max(ALWAYS_ALLOWED_BYTES, Math.multiplyExact(file.getLength(), (long) MAX_EXPANSION));
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int read;
            try {
                read = in.read(target, offset, length);
            } catch (IOException e) {
                throw ofName(file.location()) == NONE ? unreadable(file, e) : damaged(file, e);
            }
            count += Math.max(read, 0);
            if (count > limit) {
                throw new TarnException(
                        ErrorKind.REFUSED,
                        "%s unpacks to more than %d times its size, which looks like a bomb; unpack it yourself and load the result"
                                .formatted(BadRowException.fileName(file.location()), MAX_EXPANSION));
            }
            return read;
        }
    }
}
