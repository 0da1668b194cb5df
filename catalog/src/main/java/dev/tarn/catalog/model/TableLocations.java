package dev.tarn.catalog.model;

import dev.tarn.storage.WarehouseUri;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;

/** Which locations of files a warehouse allows, and where new tables go. Immutable, thread-safe. */
public final class TableLocations {
    /** Longest part of a name that is repeated in a default location; the uuid makes it unique. */
    private static final int MAX_PART_LENGTH = 64;

    private static final List<String> LOCATION_PROPERTIES = List.of(
            TableProperties.WRITE_DATA_LOCATION,
            TableProperties.WRITE_METADATA_LOCATION,
            "write.object-storage.path",
            "write.folder-storage.path");

    /**
     * What a client, a store or a policy could give another meaning. The escapes are those of a dot, a slash, a backslash
     * and control characters.
     */
    private static final Pattern UNCLEAN =
            Pattern.compile("[\\p{Cc}\\\\*?#]|\\$\\{|%(2[eEfF]|5[cC]|[01][0-9a-fA-F]|7[fF])");

    private final String root;

    /** The rules of one warehouse. */
    public TableLocations(WarehouseUri warehouse) {
        this.root = warehouse.value() + "/";
    }

    /** A location that no other table has, of safe characters only. */
    public String defaultLocation(ObjectName table) {
        StringBuilder location = new StringBuilder(root);
        table.namespace().forEach(level -> location.append(safe(level)).append('/'));
        return location.append(safe(table.name()))
                .append('-')
                .append(UUID.randomUUID())
                .toString();
    }

    /**
     * The location without slashes at its end, after checking that it lies inside the warehouse and can be understood in
     * one way only.
     *
     * @param what what the location is for, as it is shown to people
     * @throws BadRequestException if it is no clean location
     * @throws ForbiddenException if it lies outside
     */
    public String checked(String what, String location) {
        String normalised = normalise(location);
        int authority = normalised.indexOf("://") + 3;
        if (UNCLEAN.matcher(normalised).find() || hasOddPart(normalised.substring(authority))) {
            throw new BadRequestException(
                    "The %s '%s' must not hold empty parts, '.' or '..', control characters, backslashes,"
                            + " '*', '?', '#', '${' or percent escapes of such",
                    what, location);
        }
        if (!(normalised + "/").startsWith(root) || (normalised + "/").equals(root)) {
            throw new ForbiddenException("The %s '%s' must be below the warehouse '%s'", what, location, root);
        }
        return location.replaceAll("/+$", "");
    }

    /** Checks every location that table properties name. */
    public void checkProperties(Map<String, String> properties) {
        for (String key : LOCATION_PROPERTIES) {
            String location = properties.get(key);
            if (location != null) {
                checked("property " + key, location);
            }
        }
    }

    /** Checks the location of a table and those of its properties. */
    public void check(TableMetadata metadata) {
        checked("table location", metadata.location());
        checkProperties(metadata.properties());
    }

    /**
     * Checks metadata that was written elsewhere: also the files that its snapshots and statistics name must lie inside
     * the warehouse.
     */
    public void checkForeign(TableMetadata metadata) {
        check(metadata);
        metadata.snapshots().forEach(snapshot -> checked("manifest list", manifestList(snapshot)));
        metadata.statisticsFiles().forEach(file -> checked("statistics file", file.path()));
        metadata.partitionStatisticsFiles().forEach(file -> checked("partition statistics file", file.path()));
    }

    /**
     * Checks what a commit brings: the files that new snapshots and statistics name must lie in the table's own folders,
     * since whoever reads the table reads them.
     *
     * @param base the table before the commit; the table itself where it is made
     * @param next the table after the commit
     */
    public void check(TableMetadata base, TableMetadata next, List<MetadataUpdate> updates) {
        check(next);
        Set<String> folders = new LinkedHashSet<>(folders(next));
        folders.addAll(folders(base));
        for (MetadataUpdate update : updates) {
            if (update instanceof MetadataUpdate.AddSnapshot added) {
                checkOwn("manifest list", manifestList(added.snapshot()), folders);
            } else if (update instanceof MetadataUpdate.SetStatistics added) {
                checkOwn("statistics file", added.statisticsFile().path(), folders);
            } else if (update instanceof MetadataUpdate.SetPartitionStatistics added) {
                checkOwn(
                        "partition statistics file",
                        added.partitionStatisticsFile().path(),
                        folders);
            }
        }
    }

    /** The folders that a table says are its own: its location first, then those of its properties. */
    public List<String> folders(TableMetadata metadata) {
        List<String> folders = new ArrayList<>();
        folders.add(checked("table location", metadata.location()));
        for (String key : LOCATION_PROPERTIES) {
            String location = metadata.properties().get(key);
            if (location != null) {
                folders.add(checked("property " + key, location));
            }
        }
        return folders;
    }

    private void checkOwn(String what, String file, Collection<String> folders) {
        String checked = checked(what, file);
        if (folders.stream().noneMatch(folder -> isBelow(folder, checked))) {
            throw new ForbiddenException("The %s '%s' must be in one of the table's folders %s", what, file, folders);
        }
    }

    private static String manifestList(Snapshot snapshot) {
        String location = snapshot.manifestListLocation();
        if (location == null) {
            throw new BadRequestException("Snapshot %s must name a manifest list", snapshot.snapshotId());
        }
        return location;
    }

    /** Whether a file lies in the warehouse. */
    public boolean contains(String file) {
        // The common spelling is told without taking the location apart.
        return (file.startsWith(root) && !file.contains("..")) || isBelow(root, file);
    }

    /** Whether a file lies below a folder; both may be spelled in any way that means the same. */
    public static boolean isBelow(String folder, String file) {
        String normalised = normalise(file);
        List<String> segments = new ArrayList<>(Arrays.asList(normalised.split("/", -1)));
        return !segments.contains("..") && normalised.startsWith(normalise(folder) + "/");
    }

    private static String normalise(String location) {
        String trimmed = location.replaceAll("/+$", "");
        if (trimmed.startsWith("s3a://") || trimmed.startsWith("s3n://")) {
            return "s3" + trimmed.substring(3);
        }
        if (trimmed.startsWith("file:///")) {
            return trimmed;
        }
        if (trimmed.startsWith("file:/") && !trimmed.startsWith("file://")) {
            return "file://" + trimmed.substring("file:".length());
        }
        return trimmed.contains("://") ? trimmed : "none://" + trimmed;
    }

    private static boolean hasOddPart(String path) {
        List<String> parts = Arrays.asList((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
        return parts.contains("") || parts.contains(".") || parts.contains("..");
    }

    private static String safe(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.length() > MAX_PART_LENGTH ? safe.substring(0, MAX_PART_LENGTH) : safe;
    }
}
