package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/** Turns whatever a command threw into the one failure that is shown. */
final class Failures {
    private Failures() {}

    /** The failure as a caller of {@code tarn} can act on it; a {@link TarnException} stays what it is. */
    static TarnException of(Throwable thrown) {
        if (thrown instanceof TarnException known) {
            return known;
        }
        if (thrown instanceof FlightRuntimeException flight) {
            return new TarnException(
                    kindOf(flight.status().code()), sentence(flight.status().description()), thrown);
        }
        if (thrown instanceof UncheckedIOException || thrown instanceof IOException) {
            return new TarnException(ErrorKind.UNAVAILABLE, sentence(thrown.getMessage()), thrown);
        }
        ErrorKind kind = kindOfIceberg(thrown);
        String message = sentence(thrown.getMessage());
        return new TarnException(
                kind,
                kind == ErrorKind.INTERNAL
                        ? "Unexpected %s: %s; run again with --stack-trace for details"
                                .formatted(thrown.getClass().getSimpleName(), message)
                        : message,
                thrown);
    }

    /** The kind behind a status that a Flight server sent. */
    static ErrorKind kindOf(FlightStatusCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> ErrorKind.INVALID;
            case UNAUTHENTICATED -> ErrorKind.UNAUTHENTICATED;
            case UNAUTHORIZED -> ErrorKind.FORBIDDEN;
            case NOT_FOUND -> ErrorKind.NOT_FOUND;
            case ALREADY_EXISTS -> ErrorKind.ALREADY_EXISTS;
            case CANCELLED -> ErrorKind.CANCELLED;
            case TIMED_OUT -> ErrorKind.DEADLINE;
            case UNIMPLEMENTED -> ErrorKind.UNSUPPORTED;
            case UNAVAILABLE -> ErrorKind.UNAVAILABLE;
            case RESOURCE_EXHAUSTED -> ErrorKind.OVERLOADED;
            case OK, UNKNOWN, INTERNAL -> ErrorKind.INTERNAL;
        };
    }

    private static ErrorKind kindOfIceberg(Throwable thrown) {
        if (thrown instanceof NoSuchTableException
                || thrown instanceof NoSuchNamespaceException
                || thrown instanceof NoSuchViewException) {
            return ErrorKind.NOT_FOUND;
        }
        if (thrown instanceof AlreadyExistsException) {
            return ErrorKind.ALREADY_EXISTS;
        }
        if (thrown instanceof NamespaceNotEmptyException) {
            return ErrorKind.REFUSED;
        }
        if (thrown instanceof CommitStateUnknownException) {
            return ErrorKind.UNKNOWN_OUTCOME;
        }
        if (thrown instanceof CommitFailedException) {
            return ErrorKind.CONFLICT;
        }
        if (thrown instanceof NotAuthorizedException) {
            return ErrorKind.UNAUTHENTICATED;
        }
        if (thrown instanceof ForbiddenException) {
            return ErrorKind.FORBIDDEN;
        }
        if (thrown instanceof ServiceUnavailableException
                || (thrown instanceof RESTException && thrown.getCause() instanceof IOException)) {
            return ErrorKind.UNAVAILABLE;
        }
        if (thrown instanceof IllegalArgumentException
                || thrown instanceof BadRequestException
                || thrown instanceof ValidationException) {
            return ErrorKind.INVALID;
        }
        return ErrorKind.INTERNAL;
    }

    /** The first line of a message: what follows is a stack trace of the other side. */
    private static String sentence(@Nullable String message) {
        if (message == null || message.isBlank()) {
            return "no reason was given";
        }
        return message.strip().lines().findFirst().orElse("");
    }
}
