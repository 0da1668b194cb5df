package dev.tarn.catalog.credentials;

import java.util.List;
import java.util.Map;

/**
 * The access that an answer hands to a client. It holds secrets in clear, since it is made to be sent: never to be printed.
 *
 * @param tag differs whenever the rest does; goes into ETags, and holds no secret
 * @param config what the client adds to the configuration of the table
 * @param credentials what the client may use below which location
 * @param remoteSigning whether the client is to let the catalog sign its requests
 * @param signingProperties what the client sends along with each request that it wants to have signed
 */
public record Delegation(
        String tag,
        Map<String, String> config,
        List<StorageCredential> credentials,
        boolean remoteSigning,
        Map<String, String> signingProperties) {
    /** Nothing: the client brings its own credentials. */
    public static final Delegation NONE = new Delegation("none", Map.of(), List.of(), false, Map.of());

    /** Copies the collections. */
    public Delegation {
        config = Map.copyOf(config);
        credentials = List.copyOf(credentials);
        signingProperties = Map.copyOf(signingProperties);
    }

    /** The same, with other properties to send along. */
    public Delegation withSigningProperties(Map<String, String> properties) {
        return new Delegation(tag, config, credentials, remoteSigning, properties);
    }

    /**
     * Credentials as the protocol sends them.
     *
     * @param prefix location that they are for
     * @param config under Iceberg's property names
     */
    public record StorageCredential(String prefix, Map<String, String> config) {
        /** Copies the configuration. */
        public StorageCredential {
            config = Map.copyOf(config);
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "StorageCredential[prefix=" + prefix + "]";
        }
    }

    /** Whether the answer must not be kept by anybody but the client, nor longer than the credentials live. */
    public boolean holdsCredentials() {
        return !credentials.isEmpty();
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Delegation[tag=" + tag + "]";
    }
}
