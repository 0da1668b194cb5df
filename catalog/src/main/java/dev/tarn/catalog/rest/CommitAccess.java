package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableChanges;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** What a commit to a table needs: it depends on what the commit does. */
final class CommitAccess {
    /** Of every route that commits. */
    static final Guard GUARD =
            Guard.action(Privilege.TABLE_CREATE, Privilege.TABLE_WRITE_DATA, Privilege.TABLE_WRITE_PROPERTIES);

    private CommitAccess() {}

    /** Refuses a commit that the caller may not make. */
    static void check(RestRequest request, ObjectName table, UpdateTableRequest update) {
        if (TableChanges.isCreate(update)) {
            request.require(Privilege.TABLE_CREATE, Securable.namespace(table.namespace()));
            return;
        }
        boolean changesData = update.updates().stream().anyMatch(CommitAccess::changesData);
        request.require(
                changesData ? Privilege.TABLE_WRITE_DATA : Privilege.TABLE_WRITE_PROPERTIES, Securable.table(table));
    }

    /** What a reader sees, and what expires: snapshots and the names that point at them. */
    private static boolean changesData(MetadataUpdate update) {
        return update instanceof MetadataUpdate.AddSnapshot
                || update instanceof MetadataUpdate.SetSnapshotRef
                || update instanceof MetadataUpdate.RemoveSnapshotRef
                || update instanceof MetadataUpdate.RemoveSnapshots
                || update instanceof MetadataUpdate.SetLocation;
    }
}
