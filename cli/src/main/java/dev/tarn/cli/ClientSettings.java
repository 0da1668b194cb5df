package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.net.URI;

/**
 * Where the commands that are clients find their servers.
 *
 * @param catalogUri root of the REST catalog
 * @param warehouse what the catalog knows its warehouse by; empty for its default
 * @param login how the servers know who asks
 * @param flightUri address of the Flight SQL server
 */
record ClientSettings(URI catalogUri, String warehouse, ClientLogin login, URI flightUri) {
    /**
     * Reads the {@code client.} settings.
     *
     * @throws TarnException INVALID naming key, value and what was expected
     */
    static ClientSettings from(SettingsReader settings) {
        return new ClientSettings(
                uri(settings, "client.catalog-uri", "http://127.0.0.1:8181", "http|https"),
                settings.text("client.catalog-warehouse", ""),
                ClientLogin.from(settings),
                uri(settings, "client.flight-uri", "grpc://127.0.0.1:32010", "grpc|grpc+tcp|grpc+tls"));
    }

    /** Reads an address. */
    static URI uri(SettingsReader settings, String key, String defaultValue, String schemes) {
        String text = settings.text(key, defaultValue);
        try {
            URI uri = URI.create(text);
            if (uri.getScheme() != null
                    && uri.getHost() != null
                    && uri.getScheme().matches(escaped(schemes))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw refused(key, defaultValue, text, e);
        }
        throw refused(key, defaultValue, text, new IllegalArgumentException("no address"));
    }

    private static String escaped(String schemes) {
        return schemes.replace("+", "\\+");
    }

    private static TarnException refused(String key, String defaultValue, String text, Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Setting '%s' must be an address such as %s but was '%s'".formatted(key, defaultValue, text),
                cause);
    }
}
