package dev.tarn.catalog.auth;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Optional;

/** Reads the Authorization header strictly: one scheme, one token, nothing else. */
final class BearerHeader {
    private static final String SCHEME = "Bearer ";

    /** Larger than any token with groups in it, and far below what all headers may have together. */
    private static final int MAX_CHARS = 16 * 1024;

    private BearerHeader() {}

    /** Whether {@link #token} would find one. */
    static boolean isWellFormed(String value) {
        return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) && isToken(value.substring(SCHEME.length()));
    }

    private static boolean isToken(String token) {
        return !token.isEmpty() && token.length() <= MAX_CHARS && token.chars().allMatch(BearerHeader::isTokenChar);
    }

    static String token(Optional<String> header) {
        String value = header.orElseThrow(
                () -> unauthenticated("A login is needed: send a bearer token in the Authorization header"));
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw unauthenticated("The Authorization header must be 'Bearer' and a token");
        }
        String token = value.substring(SCHEME.length());
        if (!isToken(token)) {
            throw unauthenticated("The Authorization header must hold one token of at most %d characters after 'Bearer'"
                    .formatted(MAX_CHARS));
        }
        return token;
    }

    private static boolean isTokenChar(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.';
    }

    static TarnException unauthenticated(String message) {
        return new TarnException(ErrorKind.UNAUTHENTICATED, message);
    }
}
