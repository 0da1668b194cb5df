package dev.tarn.catalog.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The full name of a table or view.
 *
 * @param namespace levels of the namespace, from the outermost
 * @param name name within it
 */
public record ObjectName(List<String> namespace, String name) {
    /**
     * Refuses names that could not be stored, shown or sent back unchanged.
     *
     * @throws BadRequestException naming the part and the rule
     */
    public ObjectName {
        namespace = checkedNamespace(namespace);
        name = checked("object name", name);
    }

    /**
     * The levels, checked.
     *
     * @throws BadRequestException if there are none or too many, or one of them is no legal name
     */
    public static List<String> checkedNamespace(List<String> levels) {
        if (levels.isEmpty()) {
            throw new BadRequestException("A namespace must have at least one level");
        }
        if (levels.size() > RequestLimits.MAX_LEVELS) {
            throw new BadRequestException(
                    "A namespace may have at most %s levels but has %s", RequestLimits.MAX_LEVELS, levels.size());
        }
        levels.forEach(level -> checked("namespace level", level));
        return List.copyOf(levels);
    }

    private static String checked(String what, String name) {
        if (name.isEmpty()) {
            throw new BadRequestException("A %s must not be empty", what);
        }
        if (name.codePoints().anyMatch(point -> Character.isISOControl(point) || isSurrogate(point))) {
            throw new BadRequestException("A %s must not hold control characters or broken surrogates", what);
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > RequestLimits.MAX_NAME_BYTES) {
            throw new BadRequestException(
                    "A %s may have at most %s bytes in UTF-8 but has %s", what, RequestLimits.MAX_NAME_BYTES, bytes);
        }
        return name;
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    /** The levels and the name, with dots, for messages. */
    @Override
    public String toString() {
        return String.join(".", namespace) + "." + name;
    }
}
