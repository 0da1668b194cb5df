package dev.tarn.catalog.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.ImmutableFieldLabel;
import org.apache.iceberg.ImmutableLabels;
import org.apache.iceberg.Labels;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.view.ViewMetadata;

/**
 * The labels of a table or view, which its owner sets as properties: {@code labels.object.KEY} labels the object, and
 * {@code labels.field.ID.KEY} the field of that id. So they travel with the metadata, change with a commit and need no
 * right of their own. Labels of fields that the current schema does not have, and keys that are no labels, are left out.
 * Pure functions.
 */
public final class ObjectLabels {
    private static final String OBJECT = "labels.object.";
    private static final String FIELD = "labels.field.";

    private ObjectLabels() {}

    /** The labels of a table. */
    public static Labels of(TableMetadata metadata) {
        return of(metadata.properties(), metadata.schema());
    }

    /** The labels of a view. */
    public static Labels of(ViewMetadata metadata) {
        return of(metadata.properties(), metadata.schema());
    }

    private static Labels of(Map<String, String> properties, Schema schema) {
        Map<String, String> object = new TreeMap<>();
        Map<Integer, Map<String, String>> fields = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(OBJECT) && key.length() > OBJECT.length()) {
                object.put(key.substring(OBJECT.length()), value);
            } else if (key.startsWith(FIELD)) {
                String rest = key.substring(FIELD.length());
                int dot = rest.indexOf('.');
                fieldId(rest, dot)
                        .ifPresent(id -> fields.computeIfAbsent(id, absent -> new TreeMap<>())
                                .put(rest.substring(dot + 1), value));
            }
        });
        if (!fields.isEmpty()) {
            Set<Integer> known = TypeUtil.indexById(schema.asStruct()).keySet();
            fields.keySet().retainAll(known);
        }
        ImmutableLabels.Builder labels = ImmutableLabels.builder().putAllObjectLabels(object);
        fields.forEach((id, values) -> labels.addFields(
                ImmutableFieldLabel.builder().fieldId(id).putAllLabels(values).build()));
        return labels.build();
    }

    private static Optional<Integer> fieldId(String rest, int dot) {
        if (dot < 1 || dot == rest.length() - 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.parseInt(rest.substring(0, dot)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
