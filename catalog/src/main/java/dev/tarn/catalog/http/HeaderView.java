package dev.tarn.catalog.http;

import io.vertx.core.MultiMap;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request by lower-case name, as they lie in the connection's own structure: most requests look at two or
 * three of a dozen. Unmodifiable; safe to read from several threads, since nobody changes it any more.
 */
final class HeaderView extends AbstractMap<String, String> {
    private static final String AUTHORIZATION = "authorization";

    private final MultiMap headers;

    HeaderView(MultiMap headers) {
        this.headers = headers;
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        if (!(name instanceof String text)) {
            return null;
        }
        return text.equals(AUTHORIZATION) ? all(text) : headers.get(text);
    }

    /** A header that comes twice is a list, as RFC 9110 says: nobody takes a list of logins for either of them. */
    private @Nullable String all(String name) {
        List<String> values = headers.getAll(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        Map<String, String> copy = new LinkedHashMap<>();
        headers.forEach((name, value) -> copy.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        return Map.copyOf(copy).entrySet();
    }
}
