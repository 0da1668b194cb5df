package dev.tarn.flight.scan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Which columns a statement can touch: every name that stands anywhere in it, so that too many are counted and never too few.
 * Whatever names columns without their name (a star, a whole row, a position) makes it all of them. Immutable after the walk.
 */
final class ColumnUse {
    private final Set<String> names = new HashSet<>();
    private final Set<String> alone = new HashSet<>();
    private boolean all;

    private ColumnUse() {}

    static ColumnUse of(JsonNode statement, List<TableReference> tables) {
        ColumnUse use = new ColumnUse();
        use.visit(statement);
        // A column called like a table may stand for the whole row of that table.
        use.all |= tables.stream().anyMatch(table -> use.alone.contains(fold(table.visibleName())));
        return use;
    }

    /** Field ids of the top-level columns that can be touched; null for all. */
    @Nullable
    Set<Integer> fieldIds(Schema schema) {
        if (all) {
            return null;
        }
        Set<Integer> ids = new HashSet<>();
        for (NestedField field : schema.columns()) {
            if (names.contains(fold(field.name()))) {
                ids.add(field.fieldId());
            }
        }
        return ids;
    }

    private void visit(JsonNode node) {
        if (node.isObject()) {
            String type = node.path("type").asText();
            all |= type.equals("STAR")
                    || type.equals("PIVOT")
                    || type.equals("POSITIONAL_REFERENCE")
                    || node.path("ref_type").asText().equals("NATURAL")
                    || !node.path("column_name_alias").isEmpty();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (field.getKey().equals("column_names") || field.getKey().equals("using_columns")) {
                    add(field.getValue());
                }
            }
        }
        node.forEach(this::visit);
    }

    private void add(JsonNode parts) {
        parts.forEach(part -> names.add(fold(part.asText())));
        if (parts.size() == 1) {
            alone.add(fold(parts.get(0).asText()));
        }
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
