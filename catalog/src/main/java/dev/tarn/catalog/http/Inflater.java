package dev.tarn.catalog.http;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Inflates request bodies within a limit, so that a small body cannot become a large heap. */
final class Inflater {
    private Inflater() {}

    static byte[] inflate(@Nullable String encoding, byte[] body, DataSize limit) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        if (name.equals("identity") || name.isEmpty()) {
            return body;
        }
        if (!name.equals("gzip")) {
            throw new UnsupportedEncodingException();
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] inflated = in.readNBytes((int) limit.bytes() + 1);
            if (inflated.length > limit.bytes()) {
                throw new BodyTooLargeException(limit);
            }
            return inflated;
        } catch (IOException e) {
            throw new TarnException(ErrorKind.INVALID, "The request body is not valid gzip", e);
        }
    }
}
