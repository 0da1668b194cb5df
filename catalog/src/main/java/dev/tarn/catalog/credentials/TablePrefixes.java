package dev.tarn.catalog.credentials;

import dev.tarn.catalog.model.TableLocations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.TableMetadata;

/**
 * The parts of a bucket that belong to one table.
 *
 * @param scheme how the table's location spells S3: s3, s3a or s3n
 * @param bucket the bucket
 * @param keys what the keys of the table's files begin with; each ends in a slash, none lies below another
 */
public record TablePrefixes(String scheme, String bucket, List<String> keys) {
    /** Refuses prefixes that would also be those of something else. */
    public TablePrefixes {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("A table must have at least one prefix");
        }
        for (String key : keys) {
            if (!key.endsWith("/") || key.startsWith("/")) {
                throw new IllegalArgumentException(
                        "A prefix must end in a slash, and not begin with one, but was " + key);
            }
        }
        keys = withoutNested(keys);
    }

    /**
     * The prefixes of a table, checked again against the rules of its warehouse.
     *
     * @param outside which of the folders that the table's properties name outside of its location belong to it
     * @throws org.apache.iceberg.exceptions.ForbiddenException if a folder lies outside of the warehouse
     */
    static TablePrefixes of(TableMetadata metadata, TableLocations locations, Predicate<String> outside) {
        String location = locations.checked("table location", metadata.location());
        Set<String> keys = new LinkedHashSet<>();
        keys.add(key(location));
        for (String folder : locations.folders(metadata)) {
            if (!key(folder).startsWith(key(location)) && outside.test(folder)) {
                keys.add(key(folder));
            }
        }
        return of(location, List.copyOf(keys));
    }

    /** The prefix of a table that has no other folder than its location. */
    static TablePrefixes of(String tableLocation, TableLocations locations) {
        String location = locations.checked("table location", tableLocation);
        return of(location, List.of(key(location)));
    }

    private static TablePrefixes of(String location, List<String> keys) {
        String rest = location.substring(location.indexOf("://") + 3);
        return new TablePrefixes(
                location.substring(0, location.indexOf("://")), rest.substring(0, rest.indexOf('/')), keys);
    }

    /** Whether a key lies in one of the prefixes. */
    boolean contains(String key) {
        return keys.stream().anyMatch(prefix -> key.startsWith(prefix) && key.length() > prefix.length());
    }

    /** Whether everything that begins with a text lies in one of the prefixes. */
    boolean containsAll(String keyPrefix) {
        return keys.stream().anyMatch(keyPrefix::startsWith);
    }

    /** The longest location that all prefixes lie in: what clients compare the locations of files with. */
    String commonLocation() {
        String common = keys.get(0);
        for (String key : keys) {
            while (!key.startsWith(common)) {
                common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
            }
        }
        return scheme + "://" + bucket + "/" + common;
    }

    private static String key(String location) {
        String rest = location.substring(location.indexOf("://") + 3);
        String key = rest.substring(rest.indexOf('/') + 1).replaceAll("/+$", "");
        return key + "/";
    }

    private static List<String> withoutNested(Collection<String> keys) {
        List<String> kept = new ArrayList<>();
        for (String key : keys) {
            if (keys.stream().noneMatch(other -> !other.equals(key) && key.startsWith(other)) && !kept.contains(key)) {
                kept.add(key);
            }
        }
        return List.copyOf(kept);
    }
}
