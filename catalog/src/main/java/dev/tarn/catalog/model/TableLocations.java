package dev.tarn.catalog.model;

import dev.tarn.storage.WarehouseUri;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
     * The location without slashes at its end, after checking that it lies inside the warehouse.
     *
     * @param what what the location is for, as it is shown to people
     * @throws BadRequestException if it is no clean location
     * @throws ForbiddenException if it lies outside
     */
    public String checked(String what, String location) {
        String normalised = normalise(location);
        List<String> segments = Arrays.asList(
                normalised.substring(normalised.indexOf("://") + 3).split("/", -1));
        if (segments.contains("..")
                || segments.contains(".")
                || normalised.codePoints().anyMatch(Character::isISOControl)) {
            throw new BadRequestException(
                    "The %s '%s' must not hold '.' or '..' or control characters", what, location);
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
        if (trimmed.startsWith("file:")) {
            return "file:///" + trimmed.substring("file:".length()).replaceFirst("^/+", "");
        }
        return trimmed.contains("://") ? trimmed : "none://" + trimmed;
    }

    private static String safe(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.length() > MAX_PART_LENGTH ? safe.substring(0, MAX_PART_LENGTH) : safe;
    }
}
