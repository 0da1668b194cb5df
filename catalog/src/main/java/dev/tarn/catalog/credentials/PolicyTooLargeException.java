package dev.tarn.catalog.credentials;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** The locations of a table make a policy that the token service does not take. */
final class PolicyTooLargeException extends TarnException {
    private static final long serialVersionUID = 1L;

    PolicyTooLargeException(int length, String found) {
        super(
                ErrorKind.UNSUPPORTED,
                ("Credentials for the table cannot be made: its locations give a session policy of %d characters, and %s;"
                                + " use a shorter table location, or remote signing ('s3.remote-signing-enabled')")
                        .formatted(length, found));
    }
}
