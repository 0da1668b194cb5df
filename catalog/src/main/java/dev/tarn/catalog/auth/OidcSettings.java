package dev.tarn.catalog.auth;

import com.nimbusds.jose.JWSAlgorithm;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An identity provider whose tokens are accepted.
 *
 * @param issuer exactly as its tokens name it
 * @param audiences names of this catalog at the provider; a token must be for one of them
 * @param keysUri where the provider publishes its keys; empty to ask the provider's discovery document
 * @param algorithms signatures that count
 * @param principalClaim claim that tells who the caller is, together with the issuer
 * @param rolesClaim claim that lists names of roles, with dots between levels; empty for none
 */
public record OidcSettings(
        String issuer,
        List<String> audiences,
        String keysUri,
        Set<String> algorithms,
        String principalClaim,
        String rolesClaim) {
    /** Every asymmetric signature that is checked without further libraries. */
    public static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    /** Refuses a provider whose tokens could not be told from those for others. */
    public OidcSettings {
        audiences = List.copyOf(audiences);
        algorithms = Set.copyOf(algorithms);
        checkUri("catalog.auth.oidc.issuer", issuer);
        if (!keysUri.isEmpty()) {
            checkUri("catalog.auth.oidc.jwks-uri", keysUri);
        }
        if (audiences.isEmpty()) {
            throw refused("Setting 'catalog.auth.oidc.audience' must name this catalog as the identity provider does;"
                    + " without it, tokens for other services would be accepted");
        }
        if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
            throw refused("Setting 'catalog.auth.oidc.algorithms' must be some of %s but was %s"
                    .formatted(ALGORITHMS.stream().sorted().toList(), algorithms));
        }
        if (principalClaim.isEmpty()) {
            throw refused("Setting 'catalog.auth.oidc.principal-claim' must name a claim");
        }
    }

    /** Reads the {@code catalog.auth.oidc.} settings; absent unless wanted. */
    static Optional<OidcSettings> from(SettingsReader settings, boolean wanted) {
        String issuer = settings.text("catalog.auth.oidc.issuer", "");
        List<String> audiences = AuthSettings.list(settings.text("catalog.auth.oidc.audience", ""));
        String keysUri = settings.text("catalog.auth.oidc.jwks-uri", "");
        List<String> defaults = new ArrayList<>(ALGORITHMS);
        defaults.sort(null);
        List<String> algorithms =
                AuthSettings.list(settings.text("catalog.auth.oidc.algorithms", String.join(",", defaults)));
        String principalClaim = settings.text("catalog.auth.oidc.principal-claim", "sub");
        String rolesClaim = settings.text("catalog.auth.oidc.roles-claim", "");
        if (!wanted && issuer.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new OidcSettings(issuer, audiences, keysUri, Set.copyOf(algorithms), principalClaim, rolesClaim));
    }

    Set<JWSAlgorithm> signatures() {
        return algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
    }

    private static void checkUri(String key, String uri) {
        try {
            SafeUri.checked(URI.create(uri));
        } catch (IllegalArgumentException | TarnException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting '%s' must be an https address, or http on loopback, but was '%s'".formatted(key, uri),
                    e);
        }
    }

    private static TarnException refused(String message) {
        return new TarnException(ErrorKind.INVALID, message);
    }
}
