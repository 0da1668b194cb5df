package dev.tarn.catalog.rest;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.CommitTransactionRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** Reads the bodies of commits and the names in them. */
final class CommitRequests {
    private CommitRequests() {}

    /** The commit of one object. */
    static UpdateTableRequest read(byte[] body) {
        UpdateTableRequest update = Json.read(body, UpdateTableRequest.class);
        RequestLimits.check(update);
        return update;
    }

    /** The commits of a transaction; each one names its object. */
    static List<UpdateTableRequest> readAll(byte[] body) {
        CommitTransactionRequest transaction = Json.read(body, CommitTransactionRequest.class);
        List<UpdateTableRequest> updates = transaction.tableChanges();
        if (updates.isEmpty() || updates.size() > RequestLimits.MAX_OBJECTS) {
            throw new BadRequestException(
                    "A transaction must change from 1 to %s objects but has %s",
                    RequestLimits.MAX_OBJECTS, updates.size());
        }
        for (UpdateTableRequest update : updates) {
            RequestLimits.check(update);
            if (update.identifier() == null) {
                throw new BadRequestException("Every change of a transaction must name its table or view");
            }
        }
        return updates;
    }

    /** Refuses a body that names another object than the path. */
    static void checkNames(UpdateTableRequest update, ObjectName expected) {
        if (update.identifier() != null && !name(update.identifier()).equals(expected)) {
            throw new BadRequestException(
                    "The body names %s but the path names %s", name(update.identifier()), expected);
        }
    }

    /** A name in a body, checked. */
    static ObjectName name(TableIdentifier identifier) {
        return new ObjectName(
                List.of(identifier.namespace().levels()),
                Optional.ofNullable(identifier.name()).orElse(""));
    }
}
