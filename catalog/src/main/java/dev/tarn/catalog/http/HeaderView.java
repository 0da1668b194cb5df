package dev.tarn.catalog.http;

import io.vertx.core.MultiMap;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request by lower-case name, as they lie in the connection's own structure: most requests look at two or
 * three of a dozen. Unmodifiable; safe to read from several threads, since nobody changes it any more.
 */
final class HeaderView extends AbstractMap<String, String> {
    private final MultiMap headers;

    HeaderView(MultiMap headers) {
        this.headers = headers;
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        return name instanceof String text ? headers.get(text) : null;
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
