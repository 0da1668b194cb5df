package dev.tarn.catalog.auth;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Proves tokens of an identity provider, and reads the caller from them. Thread-safe. */
final class OidcTokens {
    /** Far more than anybody is given; a bound for the look-ups of one login. */
    private static final int MAX_ROLES = 100;

    private static final int MAX_SUBJECT_CHARS = 255;

    private final OidcSettings settings;
    private final JwtVerifier verifier;

    OidcTokens(OidcSettings settings, KeySource keys, Clock clock) {
        this.settings = settings;
        this.verifier = new JwtVerifier(settings.issuer(), settings.audiences(), settings.signatures(), keys, clock);
    }

    String issuer() {
        return settings.issuer();
    }

    JwtVerifier verifier() {
        return verifier;
    }

    /** Issuer and subject together: the same subject of another issuer is somebody else. */
    Caller caller(JwtVerifier.Verified token) {
        String subject = token.text(settings.principalClaim());
        if (subject.length() > MAX_SUBJECT_CHARS || subject.codePoints().anyMatch(Character::isISOControl)) {
            throw BearerHeader.unauthenticated("The claim '%s' of the token must be at most %d characters"
                    .formatted(settings.principalClaim(), MAX_SUBJECT_CHARS));
        }
        return new Caller(settings.issuer() + "#" + subject, roles(token));
    }

    private Set<String> roles(JwtVerifier.Verified token) {
        if (settings.rolesClaim().isEmpty()) {
            return Set.of();
        }
        JsonNode value = token.claims();
        for (String level : settings.rolesClaim().split("\\.", -1)) {
            value = value.path(level);
        }
        Set<String> roles = new LinkedHashSet<>();
        if (value.isTextual()) {
            roles.addAll(List.of(value.textValue().strip().split(" +", -1)));
        }
        for (JsonNode role : value) {
            if (role.isTextual()) {
                roles.add(role.textValue());
            }
        }
        roles.remove("");
        if (roles.size() > MAX_ROLES) {
            throw BearerHeader.unauthenticated("The claim '%s' of the token may name at most %d roles but names %d"
                    .formatted(settings.rolesClaim(), MAX_ROLES, roles.size()));
        }
        return roles;
    }
}
