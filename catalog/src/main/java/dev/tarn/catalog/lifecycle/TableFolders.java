package dev.tarn.catalog.lifecycle;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;

/**
 * The folders below which the files of one table lie.
 *
 * @param folders in the common spelling, with a slash at the end; the table's location first
 */
record TableFolders(List<String> folders) {
    private static final List<String> PROPERTIES = List.of(
            TableProperties.WRITE_DATA_LOCATION,
            TableProperties.WRITE_METADATA_LOCATION,
            "write.object-storage.path",
            "write.folder-storage.path");

    TableFolders {
        folders = List.copyOf(folders);
    }

    /** Every folder that the metadata names. */
    static TableFolders named(TableMetadata metadata) {
        return owned(metadata, folder -> true);
    }

    /** Those folders of a table that pass a test. */
    static TableFolders owned(TableMetadata metadata, Predicate<String> isOwn) {
        Set<String> found = new LinkedHashSet<>();
        found.add(FileSpelling.folder(metadata.location()));
        PROPERTIES.stream()
                .map(metadata.properties()::get)
                .filter(location -> location != null && !location.isBlank())
                .map(FileSpelling::folder)
                .forEach(found::add);
        return new TableFolders(found.stream().filter(isOwn).toList());
    }

    /** Whether a file, in the common spelling, lies below one of the folders. */
    boolean contains(String file) {
        for (String folder : folders) {
            if (file.startsWith(folder)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a folder lies at, above or below one of these. */
    boolean touches(String folder) {
        for (String own : folders) {
            if (own.startsWith(folder) || folder.startsWith(own)) {
                return true;
            }
        }
        return false;
    }
}
