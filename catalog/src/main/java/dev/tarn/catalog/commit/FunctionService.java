package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.FunctionMetadata;
import dev.tarn.catalog.model.NoSuchFunctionException;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;

/** Finds, registers and drops functions. Thread-safe. */
public final class FunctionService {
    private final ObjectService objects;
    private final FunctionFiles files;
    private final TableLocations locations;

    /** Functions of one store. */
    public FunctionService(CatalogStore store, FunctionFiles files, TableLocations locations) {
        this.objects = new ObjectService(store);
        this.files = files;
        this.locations = locations;
    }

    /** What happens to a function that has the name already. */
    public enum Existing {
        /** It stays, and the new one is refused. */
        KEEP,
        /** It is replaced. */
        REPLACE
    }

    /**
     * The current state of a function.
     *
     * @throws NoSuchFunctionException if it does not exist
     */
    public ObjectRecord find(ObjectName function) {
        return objects.load(function, ObjectKind.FUNCTION);
    }

    /**
     * Adds or replaces a function whose metadata file exists already.
     *
     * @throws AlreadyExistsException if the name is in use
     */
    public StoredReply register(ObjectName function, String metadataLocation, Existing existing, Mutation mutation) {
        locations.checked("metadata-location", metadataLocation);
        files.parse(metadataLocation)
                .location()
                .ifPresent(location -> locations.checked("function location", location));
        return store(function, metadataLocation, existing, mutation);
    }

    /**
     * Adds or replaces a function, and writes its metadata file.
     *
     * @throws AlreadyExistsException if the name is in use
     */
    public StoredReply create(ObjectName function, FunctionMetadata metadata, Existing existing, Mutation mutation) {
        String folder = metadata.location()
                .map(location -> locations.checked("function location", location))
                .orElseGet(() -> locations.defaultLocation(function));
        if (existing == Existing.KEEP) {
            objects.checkFree(function, ObjectKind.FUNCTION);
        }
        String location = "%s/metadata/%s.metadata.json".formatted(folder, UUID.randomUUID());
        files.write(location, metadata);
        try {
            return store(function, location, existing, mutation);
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                files.deleteUnused(location);
            }
            throw e;
        } catch (RuntimeException e) {
            files.deleteUnused(location);
            throw e;
        }
    }

    /** Forgets a function; its files stay. */
    public StoredReply drop(ObjectName function, Mutation mutation) {
        return objects.drop(function, ObjectKind.FUNCTION, "drop-function", last -> StoredReply.empty(), mutation)
                .reply();
    }

    private StoredReply store(ObjectName function, String location, Existing existing, Mutation mutation) {
        StoredReply reply = StoredReply.function(location);
        return existing == Existing.REPLACE
                ? objects.registerOver(function, ObjectKind.FUNCTION, location, reply, mutation)
                : objects.register(function, ObjectKind.FUNCTION, location, reply, mutation);
    }
}
