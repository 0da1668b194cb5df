package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectRecord;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ForbiddenException;

/**
 * Keeps the folders of tables apart: a folder that a table's properties name outside of its own location must not be that
 * of another table or view. The store itself does so for the locations of tables that it adds. Thread-safe.
 */
public final class TableFolders {
    /** A table overlaps with itself, so that one more tells whether there is another. */
    private static final int ENOUGH = 2;

    private final CatalogStore store;
    private final TableLocations locations;
    private final LocationRule rule;

    /** Folders in one warehouse. */
    public TableFolders(CatalogStore store, TableLocations locations, LocationRule rule) {
        this.store = store;
        this.locations = locations;
        this.rule = rule;
    }

    /**
     * Checks a table that is promised and not yet made: whoever stages it gets access to its files at once.
     *
     * @throws org.apache.iceberg.exceptions.BadRequestException if its location is not free
     * @throws ForbiddenException if one of its other folders belongs to another table or view
     */
    public void checkStaged(ObjectName table, TableMetadata metadata) {
        if (isOthers(metadata.location(), "")) {
            throw ObjectService.locationTaken(table);
        }
        check(Optional.empty(), List.of(), metadata);
    }

    /** Checks the folders that a commit adds. */
    void check(Optional<ObjectRecord> current, List<String> before, TableMetadata next) {
        String own = current.map(ObjectRecord::metadataLocation).orElse("");
        for (String folder : locations.folders(next)) {
            if (!before.contains(folder)
                    && !folder.equals(next.location())
                    && !TableLocations.isBelow(next.location(), folder)
                    && isOthers(folder, own)) {
                throw new ForbiddenException(
                        "The folder '%s' is at, above or below that of another table or view; choose another", folder);
            }
        }
    }

    /**
     * Whether a folder is at, above or below that of a table or view other than the one with this metadata file.
     *
     * @param metadataLocation empty where every table is another one
     */
    public boolean isOthers(String folder, String metadataLocation) {
        return rule == LocationRule.EXCLUSIVE
                && store.overlapping(folder, ENOUGH).stream()
                        .anyMatch(other -> !other.metadataLocation().equals(metadataLocation));
    }
}
