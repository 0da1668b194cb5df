package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.ObjectChange;
import dev.tarn.catalog.model.TableChanges;
import dev.tarn.catalog.store.ObjectKind;
import org.apache.iceberg.MetadataUpdate;

/** What a commit to a table or view needs: it depends on what the commit does. */
final class CommitAccess {
    /** Of a route that commits to one table. */
    static final Guard GUARD =
            Guard.action(Privilege.TABLE_CREATE, Privilege.TABLE_WRITE_DATA, Privilege.TABLE_WRITE_PROPERTIES);

    /** Of a route that commits to tables and views together. */
    static final Guard TRANSACTION_GUARD = Guard.action(
            Privilege.TABLE_CREATE,
            Privilege.TABLE_WRITE_DATA,
            Privilege.TABLE_WRITE_PROPERTIES,
            Privilege.VIEW_CREATE,
            Privilege.VIEW_WRITE_PROPERTIES);

    private CommitAccess() {}

    /** Refuses a commit that the caller may not make. A change that only states requirements is a read. */
    static void check(RestRequest request, ObjectChange change) {
        boolean creates = TableChanges.isCreate(change.request());
        boolean reads = change.request().updates().isEmpty();
        if (change.kind() == ObjectKind.VIEW) {
            if (creates) {
                request.require(
                        Privilege.VIEW_CREATE, Securable.namespace(change.name().namespace()));
                return;
            }
            request.require(
                    reads ? Privilege.VIEW_READ_PROPERTIES : Privilege.VIEW_WRITE_PROPERTIES,
                    Securable.view(change.name()));
            return;
        }
        if (creates) {
            request.require(
                    Privilege.TABLE_CREATE, Securable.namespace(change.name().namespace()));
            return;
        }
        boolean changesData = change.request().updates().stream().anyMatch(CommitAccess::changesData);
        Privilege write = changesData ? Privilege.TABLE_WRITE_DATA : Privilege.TABLE_WRITE_PROPERTIES;
        request.require(reads ? Privilege.TABLE_READ_PROPERTIES : write, Securable.table(change.name()));
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
