package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/**
 * Where a table keeps its files, and which paths below are hidden.
 *
 * @param roots each ends in a slash, so that {@code t} does not stand for {@code t2}
 * @param partitionNames folders of partitions may begin as hidden ones do
 */
record TableLocations(List<String> roots, Set<String> partitionNames) {
    static TableLocations of(Table table, List<String> chosen) {
        Set<String> own = new LinkedHashSet<>();
        Stream.of(
                        table.location(),
                        table.properties().get(TableProperties.WRITE_DATA_LOCATION),
                        table.properties().get(TableProperties.WRITE_METADATA_LOCATION))
                .filter(location -> location != null && !location.isEmpty())
                .map(TableLocations::folder)
                .forEach(own::add);
        Set<String> roots = new LinkedHashSet<>();
        for (String location : chosen) {
            String folder = folder(location);
            if (own.stream().noneMatch(folder::startsWith)) {
                throw new TarnException(
                        ErrorKind.REFUSED,
                        "Location %s lies outside table %s, whose locations are %s: other files are not this table's to judge"
                                .formatted(location, table.name(), String.join(", ", own)));
            }
            roots.add(folder);
        }
        // A location inside another would be listed twice.
        Set<String> all = roots.isEmpty() ? own : roots;
        List<String> outermost = all.stream()
                .filter(root -> all.stream().noneMatch(other -> !other.equals(root) && root.startsWith(other)))
                .toList();
        return new TableLocations(
                outermost,
                table.specs().values().stream()
                        .flatMap(spec -> spec.fields().stream())
                        .map(PartitionField::name)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    static String folder(String location) {
        return location.endsWith("/") ? location : location + "/";
    }

    boolean isHidden(String root, String location) {
        String below = location.substring(Math.min(root.length(), location.length()));
        for (String segment : below.split("/", -1)) {
            boolean hidden = segment.startsWith("_") || segment.startsWith(".");
            int equals = segment.indexOf('=');
            if (hidden && (equals < 0 || !partitionNames.contains(segment.substring(0, equals)))) {
                return true;
            }
        }
        return false;
    }
}
