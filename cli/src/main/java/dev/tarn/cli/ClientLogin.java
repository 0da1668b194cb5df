package dev.tarn.cli;

import dev.tarn.cli.sql.FlightLogin;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How the commands that are clients log in: by a client id and a secret, by a token that they were given, or not at all.
 *
 * @param credential {@code id:secret} for the token endpoint
 * @param token sent as it is
 * @param tokenUri token endpoint, empty for the one of the catalog
 * @param scope scope to ask for, empty for the client's default
 */
record ClientLogin(Optional<Secret> credential, Optional<Secret> token, String tokenUri, String scope) {
    /** No login. */
    static final ClientLogin NONE = new ClientLogin(Optional.empty(), Optional.empty(), "", "");

    /** Refuses two logins at once and a credential without both parts. */
    ClientLogin {
        if (credential.isPresent() && token.isPresent()) {
            throw new TarnException(
                    ErrorKind.INVALID, "Set 'client.credential' or 'client.token' but not both: one login is enough");
        }
        if (credential.isPresent() && !credential.get().reveal().matches("(?s)[^:]+:.+")) {
            throw new TarnException(
                    ErrorKind.INVALID, "Setting 'client.credential' must be a client id, a colon and its secret");
        }
    }

    /** Reads the {@code client.} settings. */
    static ClientLogin from(SettingsReader settings) {
        return new ClientLogin(
                settings.optionalSecret("client.credential"),
                settings.optionalSecret("client.token"),
                settings.text("client.oauth2-uri", ""),
                settings.text("client.oauth2-scope", ""));
    }

    /** What the catalog's client needs, under Iceberg's names. */
    Map<String, String> catalogProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        token.ifPresent(value -> properties.put("token", value.reveal()));
        credential.ifPresent(value -> properties.put("credential", value.reveal()));
        SettingsFlags.putIfGiven(properties, "oauth2-server-uri", tokenUri);
        SettingsFlags.putIfGiven(properties, "scope", scope);
        return properties;
    }

    /** The id in the credential. */
    Optional<String> clientId() {
        return credential.map(
                value -> value.reveal().substring(0, value.reveal().indexOf(':')));
    }

    /** The secret in the credential. */
    Optional<Secret> clientSecret() {
        return credential.map(
                value -> Secret.of(value.reveal().substring(value.reveal().indexOf(':') + 1)));
    }

    /** What the Flight SQL client needs. */
    FlightLogin forFlight() {
        return new FlightLogin(clientId(), clientSecret(), token);
    }
}
