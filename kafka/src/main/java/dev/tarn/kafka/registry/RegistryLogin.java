package dev.tarn.kafka.registry;

import dev.tarn.common.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** How a client shows a registry who it is. Immutable; prints no secret. */
public final class RegistryLogin {
    /** No login. */
    public static final RegistryLogin NONE = new RegistryLogin(Optional.empty());

    private final Optional<Secret> header;

    private RegistryLogin(Optional<Secret> header) {
        this.header = header;
    }

    /** A user and a password. */
    public static RegistryLogin basic(String user, Secret password) {
        byte[] pair = (user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8);
        return new RegistryLogin(
                Optional.of(Secret.of("Basic " + Base64.getEncoder().encodeToString(pair))));
    }

    /** A token. */
    public static RegistryLogin bearer(Secret token) {
        return new RegistryLogin(Optional.of(Secret.of("Bearer " + token.reveal())));
    }

    /** The value of the Authorization header. */
    Optional<Secret> header() {
        return header;
    }
}
