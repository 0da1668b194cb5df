package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.FunctionMetadata;
import dev.tarn.catalog.model.NoSuchFunctionException;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.TarnException;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;

/** Finds, registers and drops functions. Thread-safe. */
public final class FunctionService {
    private final ObjectService objects;
    private final FunctionFiles files;
    private final TableLocations locations;

    /** Functions of one store. */
    public FunctionService(CatalogStore store, FunctionFiles files, TableLocations locations, LocationRule rule) {
        this.objects = new ObjectService(store, rule);
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
        // A function that does not say where it is owns nothing but its metadata file.
        String base = files.parse(metadataLocation)
                .location()
                .map(location -> locations.checked("function location", location))
                .orElse(metadataLocation);
        return store(registration(function, metadataLocation, base), existing, mutation);
    }

    /**
     * Adds or replaces a function, and writes its metadata file.
     *
     * @throws AlreadyExistsException if the name is in use
     */
    public StoredReply create(ObjectName function, FunctionMetadata metadata, Existing existing, Mutation mutation) {
        if (existing == Existing.KEEP) {
            objects.checkFree(function, ObjectKind.FUNCTION);
        }
        String base = metadata.location()
                .map(location -> locations.checked("function location", location))
                .or(() -> objects.find(function, ObjectKind.FUNCTION).map(ObjectRecord::location))
                .orElseGet(() -> locations.defaultLocation(function));
        String location = "%s/metadata/%s.metadata.json".formatted(base, UUID.randomUUID());
        files.write(location, metadata);
        try {
            return store(registration(function, location, base), existing, mutation);
        } catch (AlreadyExistsException
                | NoSuchNamespaceException
                | BadRequestException
                | ForbiddenException
                | CommitFailedException e) {
            files.deleteUnused(location);
            throw e;
        } catch (TarnException e) {
            if (e instanceof KeyTakenException || ObjectService.changedNothing(e)) {
                files.deleteUnused(location);
            }
            throw e;
        }
    }

    private static ObjectService.Registration registration(ObjectName function, String location, String base) {
        return new ObjectService.Registration(
                function, ObjectKind.FUNCTION, location, base, StoredReply.function(location));
    }

    private StoredReply store(ObjectService.Registration wanted, Existing existing, Mutation mutation) {
        return existing == Existing.REPLACE
                ? objects.registerOver(wanted, mutation)
                : objects.register(wanted, mutation);
    }

    /** Forgets a function; its files stay. */
    public StoredReply drop(ObjectName function, Mutation mutation) {
        return objects.forget(function, ObjectKind.FUNCTION, "drop-function", last -> StoredReply.empty(), mutation);
    }
}
