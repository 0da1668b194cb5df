package dev.tarn.cli;

import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog that a migration reads from.
 *
 * @param uri its root; empty if no migration is meant
 * @param warehouse what it knows its warehouse by; empty for its default
 * @param token sent to it as bearer token
 * @param credential client id and secret for its OAuth2 token endpoint, as {@code id:secret}
 * @param oauth2Uri token endpoint, empty for the one below the catalog's root
 * @param scope scope to ask for, empty for the client's default
 */
record MigrationSettings(
        String uri,
        String warehouse,
        Optional<Secret> token,
        Optional<Secret> credential,
        String oauth2Uri,
        String scope) {
    /** Reads the {@code migrate.} settings. */
    static MigrationSettings from(SettingsReader settings) {
        String uri = settings.text("migrate.source-uri", "");
        if (!uri.isEmpty()) {
            uri = ClientSettings.uri(settings, "migrate.source-uri", "http://127.0.0.1:8181", "http|https")
                    .toString();
        }
        return new MigrationSettings(
                uri,
                settings.text("migrate.source-warehouse", ""),
                settings.optionalSecret("migrate.source-token"),
                settings.optionalSecret("migrate.source-credential"),
                settings.text("migrate.source-oauth2-uri", ""),
                settings.text("migrate.source-scope", ""));
    }

    URI root() {
        return URI.create(uri);
    }

    /** What the client of the source needs, under Iceberg's names. */
    Map<String, String> clientProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("rest-metrics-reporting-enabled", "false");
        token.ifPresent(value -> properties.put("token", value.reveal()));
        credential.ifPresent(value -> properties.put("credential", value.reveal()));
        SettingsFlags.putIfGiven(properties, "oauth2-server-uri", oauth2Uri);
        SettingsFlags.putIfGiven(properties, "scope", scope);
        return properties;
    }
}
