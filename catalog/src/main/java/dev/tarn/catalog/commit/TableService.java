package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/** Finds, unregisters, renames and registers tables: everything that needs no new metadata file. Thread-safe. */
public final class TableService {
    private final ObjectService objects;
    private final MetadataFiles files;
    private final TableLocations locations;

    /** Tables of one store. */
    public TableService(CatalogStore store, MetadataFiles files, TableLocations locations, LocationRule rule) {
        this.objects = new ObjectService(store, rule);
        this.files = files;
        this.locations = locations;
    }

    /**
     * The current state of a table.
     *
     * @throws NoSuchTableException if it does not exist
     */
    public ObjectRecord find(ObjectName table) {
        return objects.load(table, ObjectKind.TABLE);
    }

    /**
     * Says why a new table cannot have a name.
     *
     * @throws AlreadyExistsException if an object of any kind has it
     */
    public void checkFree(ObjectName name) {
        objects.checkFree(name, ObjectKind.TABLE);
    }

    /** Forgets a table and answers with its last state, so that another catalog can register it; its files stay. */
    public StoredReply unregister(ObjectName table, Mutation mutation) {
        return objects.forget(
                table,
                ObjectKind.TABLE,
                "unregister-table",
                last -> StoredReply.unregisteredTable(last.metadataLocation()),
                mutation);
    }

    /** Gives a table another name, in the same or another namespace. */
    public StoredReply rename(ObjectName from, ObjectName to, Mutation mutation) {
        return objects.rename(from, to, ObjectKind.TABLE, mutation);
    }

    /** Adds a table whose metadata file exists already. Fails if the name is in use. */
    public StoredReply register(ObjectName table, String metadataLocation, Mutation mutation) {
        return objects.register(checkedForRegistration(table, metadataLocation), mutation);
    }

    /** Points a table at a metadata file that exists already, adding the table if it does not exist. */
    public StoredReply registerOver(ObjectName table, String metadataLocation, Mutation mutation) {
        return objects.registerOver(checkedForRegistration(table, metadataLocation), mutation);
    }

    private ObjectService.Registration checkedForRegistration(ObjectName table, String metadataLocation) {
        locations.checked("metadata-location", metadataLocation);
        TableMetadata metadata = files.load(metadataLocation).metadata();
        locations.checkForeign(metadata);
        RequestLimits.checkRegistered(metadata);
        return new ObjectService.Registration(
                table, ObjectKind.TABLE, metadataLocation, metadata.location(), StoredReply.table(metadataLocation));
    }
}
