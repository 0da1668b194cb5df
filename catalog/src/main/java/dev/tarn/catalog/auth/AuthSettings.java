package dev.tarn.catalog.auth;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may come in.
 *
 * @param modes the ways to log in; {@link AuthMode#OPEN} stands alone
 * @param tokenLifetime how long a token that this catalog signs is valid, at most an hour
 * @param rootClientId client id of the administrator that a new catalog begins with; empty for a generated one
 * @param rootClientSecret its secret; absent for a generated one
 * @param signingKeysFile file of the keys that sign tokens, shared by replicas; empty for one in the data folder
 * @param administrators principals that may do everything because the settings say so
 * @param oidc the identity provider, present if one is used
 */
public record AuthSettings(
        Set<AuthMode> modes,
        Duration tokenLifetime,
        String rootClientId,
        Optional<Secret> rootClientSecret,
        String signingKeysFile,
        List<String> administrators,
        Optional<OidcSettings> oidc) {
    /** Tokens cannot be called back, so that they must not live for long. */
    private static final Duration MAX_TOKEN_LIFETIME = Duration.ofHours(1);

    /** A generated secret has 43 characters; a chosen one must not be guessed either. */
    private static final int MIN_SECRET_CHARS = 16;

    /** No login. */
    public static final AuthSettings OPEN = new AuthSettings(
            Set.of(AuthMode.OPEN), Duration.ofHours(1), "", Optional.empty(), "", List.of(), Optional.empty());

    /** Refuses modes that contradict each other and secrets that can be guessed. */
    public AuthSettings {
        modes = Set.copyOf(modes);
        administrators = List.copyOf(administrators);
        if (modes.isEmpty() || (modes.contains(AuthMode.OPEN) && modes.size() > 1)) {
            throw refused("Setting 'catalog.auth.mode' must be open, own, oidc or own,oidc");
        }
        if (modes.contains(AuthMode.OIDC) != oidc.isPresent()) {
            throw refused(
                    "Setting 'catalog.auth.oidc.issuer' is needed with 'oidc' in 'catalog.auth.mode', and only then");
        }
        if (tokenLifetime.isNegative() || tokenLifetime.isZero() || tokenLifetime.compareTo(MAX_TOKEN_LIFETIME) > 0) {
            throw refused("Setting 'catalog.auth.token-lifetime' must be at most %s but was %s"
                    .formatted(MAX_TOKEN_LIFETIME, tokenLifetime));
        }
        if (rootClientSecret.isPresent() && rootClientSecret.get().reveal().length() < MIN_SECRET_CHARS) {
            throw refused("Setting 'catalog.auth.root-client-secret' must have at least %d characters but has fewer"
                    .formatted(MIN_SECRET_CHARS));
        }
    }

    /**
     * Reads the {@code catalog.auth.} settings.
     *
     * @throws TarnException INVALID naming the key and what was expected
     */
    public static AuthSettings from(SettingsReader settings) {
        Set<AuthMode> modes = modes(settings.text("catalog.auth.mode", "open"));
        return new AuthSettings(
                modes,
                settings.duration(
                        "catalog.auth.token-lifetime", MAX_TOKEN_LIFETIME, Duration.ofSeconds(10), MAX_TOKEN_LIFETIME),
                settings.text("catalog.auth.root-client-id", ""),
                settings.optionalSecret("catalog.auth.root-client-secret"),
                settings.text("catalog.auth.signing-keys-file", ""),
                list(settings.text("catalog.auth.administrators", "")),
                OidcSettings.from(settings, modes.contains(AuthMode.OIDC)));
    }

    /** Whether nobody has to log in. */
    public boolean isOpen() {
        return modes.contains(AuthMode.OPEN);
    }

    /** The parts of a text between commas, without blanks around them. */
    static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static Set<AuthMode> modes(String text) {
        Set<AuthMode> modes = EnumSet.noneOf(AuthMode.class);
        for (String name : list(text)) {
            try {
                modes.add(AuthMode.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Setting 'catalog.auth.mode' must be open, own, oidc or own,oidc but was '%s'".formatted(text),
                        e);
            }
        }
        return modes;
    }

    private static TarnException refused(String message) {
        return new TarnException(ErrorKind.INVALID, message);
    }
}
