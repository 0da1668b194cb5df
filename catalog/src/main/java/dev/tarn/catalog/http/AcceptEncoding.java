package dev.tarn.catalog.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client says about the encodings that it reads. */
final class AcceptEncoding {
    private AcceptEncoding() {}

    /** Whether it reads gzip: named with a weight above zero, or meant by a star that nothing contradicts. */
    static boolean acceptsGzip(@Nullable String header) {
        if (header == null) {
            return false;
        }
        if (header.equals("gzip")) {
            return true;
        }
        boolean any = false;
        for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            int end = part.indexOf(';');
            String name = (end < 0 ? part : part.substring(0, end)).strip();
            boolean wanted = end < 0 || !isZero(part.substring(end + 1));
            if (name.equals("gzip") || name.equals("x-gzip")) {
                return wanted;
            }
            any |= name.equals("*") && wanted;
        }
        return any;
    }

    private static boolean isZero(String weight) {
        String text = weight.replace(" ", "");
        if (!text.startsWith("q=0")) {
            return false;
        }
        return text.substring("q=0".length()).chars().allMatch(c -> c == '.' || c == '0');
    }
}
