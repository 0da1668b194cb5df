package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.ObjectKind;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/**
 * What is asked for one object.
 *
 * @param name its name
 * @param kind what the object must be
 * @param request requirements and updates
 */
public record ObjectChange(ObjectName name, ObjectKind kind, UpdateTableRequest request) {
    /** A change of a table. */
    public static ObjectChange ofTable(ObjectName name, UpdateTableRequest request) {
        return new ObjectChange(name, ObjectKind.TABLE, request);
    }

    /** A change of a view. */
    public static ObjectChange ofView(ObjectName name, UpdateTableRequest request) {
        return new ObjectChange(name, ObjectKind.VIEW, request);
    }
}
