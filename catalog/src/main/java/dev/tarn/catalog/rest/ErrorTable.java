package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.EdgeException;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.NoSuchFunctionException;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchPlanIdException;
import org.apache.iceberg.exceptions.NoSuchPlanTaskException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an HTTP status and a type that the Iceberg clients map back. */
final class ErrorTable {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorTable.class);

    private static final Map<Class<? extends RuntimeException>, Integer> STATUS_BY_TYPE = Map.ofEntries(
            Map.entry(BadRequestException.class, 400),
            Map.entry(ForbiddenException.class, 403),
            Map.entry(NoSuchNamespaceException.class, 404),
            Map.entry(NoSuchTableException.class, 404),
            Map.entry(NoSuchViewException.class, 404),
            Map.entry(NoSuchFunctionException.class, 404),
            Map.entry(NoSuchWarehouseException.class, 404),
            Map.entry(NoSuchPlanIdException.class, 404),
            Map.entry(NoSuchPlanTaskException.class, 404),
            Map.entry(AlreadyExistsException.class, 409),
            Map.entry(NamespaceNotEmptyException.class, 409),
            Map.entry(CommitFailedException.class, 409),
            Map.entry(UnprocessableEntityException.class, 422),
            Map.entry(CommitStateUnknownException.class, 500));

    private ErrorTable() {}

    /** An error as it goes over the wire. */
    record RestError(int status, String type, String message) {
        /** Whether the same request would fail in the same way for ever: such an answer may be kept and given again. */
        boolean isDeterministic() {
            return status >= 400 && status < 500 && status != 429;
        }

        String body() {
            return Json.text(Map.of("error", Map.of("message", message, "type", type, "code", status)));
        }
    }

    static RestError of(Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage())
                .orElse(failure.getClass().getSimpleName());
        Integer status = STATUS_BY_TYPE.get(failure.getClass());
        if (status != null) {
            return new RestError(status, failure.getClass().getSimpleName(), message);
        }
        if (failure instanceof NoSuchRouteException route) {
            return new RestError(route.status(), "NotFoundException", message);
        }
        if (failure instanceof EdgeException edge) {
            return new RestError(edge.status(), "BadRequestException", message);
        }
        if (failure instanceof TarnException tarn) {
            return of(tarn.kind(), message);
        }
        if (failure instanceof ValidationException) {
            return new RestError(400, "BadRequestException", message);
        }
        if (failure instanceof IllegalArgumentException) {
            // The Java client throws the same again, as its users expect of a catalog in their own process.
            return new RestError(400, "IllegalArgumentException", message);
        }
        return new RestError(500, "InternalServerError", "The catalog failed; its log says why");
    }

    static Response response(Throwable failure) {
        RestError error = of(failure);
        if (error.status() >= 500) {
            LOG.error("Request failed with {}", error.status(), failure);
        }
        byte[] body = error.body().getBytes(StandardCharsets.UTF_8);
        if (error.status() == 401) {
            Map<String, String> headers =
                    Map.of("content-type", "application/json", "www-authenticate", "Bearer realm=\"tarn\"");
            return Response.of(401, headers, body);
        }
        if (error.status() == 429) {
            return Response.of(429, Map.of("content-type", "application/json", "retry-after", "1"), body);
        }
        return Response.of(error.status(), "application/json", body);
    }

    private static RestError of(ErrorKind kind, String message) {
        return switch (kind) {
            case INVALID, UNSUPPORTED -> new RestError(400, "BadRequestException", message);
            case UNAUTHENTICATED -> new RestError(401, "NotAuthorizedException", message);
            case FORBIDDEN, REFUSED -> new RestError(403, "ForbiddenException", message);
            case NOT_FOUND -> new RestError(404, "NotFoundException", message);
            case ALREADY_EXISTS -> new RestError(409, "AlreadyExistsException", message);
            case CONFLICT -> new RestError(409, "CommitFailedException", message);
            case OVERLOADED -> new RestError(429, "TooManyRequestsException", message);
            case UNAVAILABLE, DEADLINE, CANCELLED, LOCKED -> new RestError(503, "ServiceUnavailableException", message);
            case CORRUPT, INTERNAL -> new RestError(500, "InternalServerError", message);
            case UNKNOWN_OUTCOME -> new RestError(500, "CommitStateUnknownException", message);
        };
    }
}
