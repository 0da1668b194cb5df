package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.view.ViewMetadata;

/** Finds, renames and registers views: everything that needs no new metadata file. Thread-safe. */
public final class ViewService {
    private final ObjectService objects;
    private final ViewFiles files;
    private final TableLocations locations;

    /** Views of one store. */
    public ViewService(CatalogStore store, ViewFiles files, TableLocations locations, LocationRule rule) {
        this.objects = new ObjectService(store, rule);
        this.files = files;
        this.locations = locations;
    }

    /**
     * The current state of a view.
     *
     * @throws NoSuchViewException if it does not exist
     */
    public ObjectRecord find(ObjectName view) {
        return objects.load(view, ObjectKind.VIEW);
    }

    /**
     * Says why a new view cannot have a name.
     *
     * @throws AlreadyExistsException if an object of any kind has it
     */
    public void checkFree(ObjectName name) {
        objects.checkFree(name, ObjectKind.VIEW);
    }

    /** Gives a view another name, in the same or another namespace. */
    public StoredReply rename(ObjectName from, ObjectName to, Mutation mutation) {
        return objects.rename(from, to, ObjectKind.VIEW, mutation);
    }

    /** Adds a view whose metadata file exists already. Fails if the name is in use. */
    public StoredReply register(ObjectName view, String metadataLocation, Mutation mutation) {
        locations.checked("metadata-location", metadataLocation);
        ViewMetadata metadata = files.load(metadataLocation).metadata();
        locations.checked("view location", metadata.location());
        locations.checkProperties(metadata.properties());
        RequestLimits.checkRegistered(metadata);
        return objects.register(
                new ObjectService.Registration(
                        view,
                        ObjectKind.VIEW,
                        metadataLocation,
                        metadata.location(),
                        StoredReply.view(metadataLocation)),
                mutation);
    }
}
