package dev.tarn.catalog.rest;

import dev.tarn.catalog.model.ObjectName;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.CommitTransactionRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** Reads the bodies of commits and the names in them. */
final class CommitRequests {
    /** Far more than any writer sends; a bound for the work of one request. */
    private static final int MAX_UPDATES = 10_000;

    /** A transaction holds the store's only writer: more objects would make everybody wait. */
    private static final int MAX_OBJECTS = 100;

    private CommitRequests() {}

    /** The commit of one object. */
    static UpdateTableRequest read(byte[] body) {
        UpdateTableRequest update = Json.read(body, UpdateTableRequest.class);
        check(update);
        return update;
    }

    /** The commits of a transaction; each one names its object. */
    static List<UpdateTableRequest> readAll(byte[] body) {
        CommitTransactionRequest transaction = Json.read(body, CommitTransactionRequest.class);
        List<UpdateTableRequest> updates = transaction.tableChanges();
        if (updates.isEmpty() || updates.size() > MAX_OBJECTS) {
            throw new BadRequestException(
                    "A transaction must change from 1 to %s objects but has %s", MAX_OBJECTS, updates.size());
        }
        for (UpdateTableRequest update : updates) {
            check(update);
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

    private static void check(UpdateTableRequest update) {
        if (update.updates().size() > MAX_UPDATES || update.requirements().size() > MAX_UPDATES) {
            throw new BadRequestException("A commit may have at most %s updates and requirements", MAX_UPDATES);
        }
    }
}
