package dev.tarn.catalog.auth;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** The token endpoint refuses, in the words of RFC 6749. */
public final class TokenRefusedException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why no token is given; in lower case this is the error code of the protocol. */
    public enum Reason {
        /** The request is malformed. */
        INVALID_REQUEST,
        /** The client is unknown, or its secret is wrong. */
        INVALID_CLIENT,
        /** The token that is to be exchanged does not count. */
        INVALID_GRANT,
        /** Another way to get a token was asked for than there is. */
        UNSUPPORTED_GRANT_TYPE
    }

    /** A refusal for one of the protocol's reasons. */
    public TokenRefusedException(Reason reason, String message) {
        super(reason == Reason.INVALID_CLIENT ? ErrorKind.UNAUTHENTICATED : ErrorKind.INVALID, message);
        this.reason = reason;
    }

    /** The protocol's word for it. */
    public Reason reason() {
        return reason;
    }
}
