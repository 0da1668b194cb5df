package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.CommitKind;
import dev.tarn.catalog.model.ObjectName;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/**
 * What is asked for one object.
 *
 * @param name its name
 * @param kind what the object must be
 * @param request requirements and updates
 */
public record ObjectChange(ObjectName name, CommitKind kind, UpdateTableRequest request) {
    /** A change of a table. */
    public static ObjectChange ofTable(ObjectName name, UpdateTableRequest request) {
        return new ObjectChange(name, CommitKind.TABLE, request);
    }

    /** A change of a view. */
    public static ObjectChange ofView(ObjectName name, UpdateTableRequest request) {
        return new ObjectChange(name, CommitKind.VIEW, request);
    }

    /** A change of whatever the request is for, and where it does not tell, of whatever has the name. */
    public static ObjectChange of(ObjectName name, UpdateTableRequest request) {
        return new ObjectChange(name, CommitKind.of(request), request);
    }
}
