package dev.tarn.catalog.http;

import com.github.luben.zstd.ZstdInputStream;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Inflates request bodies within a limit, so that a small body cannot become a large heap. */
final class Inflater {
    /** JSON of very many similar updates packs about 50 to 1. */
    private static final int MAX_RATIO = 200;

    /** Up to here any ratio is harmless. */
    private static final int RATIO_COUNTS_FROM_BYTES = 1 << 20;

    /** Memory that a zstd frame may ask for, as a power of two: 8 MB, what every encoder stays below unless told otherwise. */
    private static final int MAX_ZSTD_WINDOW_LOG = 23;

    private static final int CHUNK_BYTES = 64 * 1024;

    private Inflater() {}

    /**
     * The body as it was before the client compressed it.
     *
     * @throws EdgeException 413 beyond the limit, 415 for an unknown encoding
     * @throws TarnException INVALID if the body is not what the encoding says
     */
    static byte[] inflate(@Nullable String encoding, byte[] body, DataSize limit) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        if (name.equals("identity") || name.isEmpty()) {
            return body;
        }
        try (InputStream in = open(name, body)) {
            return read(in, body.length, limit);
        } catch (IOException e) {
            throw new TarnException(ErrorKind.INVALID, "The request body is not valid " + name, e);
        }
    }

    private static InputStream open(String encoding, byte[] body) throws IOException {
        InputStream packed = new ByteArrayInputStream(body);
        return switch (encoding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(packed);
            case "zstd" -> new ZstdInputStream(packed).setLongMax(MAX_ZSTD_WINDOW_LOG);
            default -> throw new UnsupportedEncodingException();
        };
    }

    private static byte[] read(InputStream in, int packedBytes, DataSize limit) throws IOException {
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            inflated.write(chunk, 0, read);
            if (inflated.size() > limit.bytes()) {
                throw new BodyTooLargeException(limit);
            }
            if (inflated.size() > RATIO_COUNTS_FROM_BYTES && inflated.size() / MAX_RATIO > packedBytes) {
                throw new EdgeException(
                        413, "The request body is compressed more than %d to 1; send it plain".formatted(MAX_RATIO));
            }
        }
        return inflated.toByteArray();
    }
}
