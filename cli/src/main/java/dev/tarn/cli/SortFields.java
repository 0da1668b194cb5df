package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;

/** Reads sort orders as people write them on a command line. */
final class SortFields {
    private SortFields() {}

    /**
     * Reads {@code column}, {@code column asc} or {@code column desc}; nulls come first in rising and last in falling order.
     *
     * @throws TarnException INVALID for another direction, NOT_FOUND for an unknown column
     */
    static SortOrder sortOrder(Schema schema, List<String> fields) {
        SortOrder.Builder builder = SortOrder.builderFor(schema);
        for (String field : fields) {
            String[] words = field.strip().split("\\s+", -1);
            String direction = words.length == 1 ? "asc" : words[1].toLowerCase(Locale.ROOT);
            if (words.length > 2 || !List.of("asc", "desc").contains(direction)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "A sort field is written 'column', 'column asc' or 'column desc' but found '%s'"
                                .formatted(field));
            }
            if (schema.findField(words[0]) == null) {
                List<String> names =
                        schema.columns().stream().map(Types.NestedField::name).toList();
                throw new TarnException(
                        ErrorKind.NOT_FOUND,
                        "There is no column '%s' to sort by%s".formatted(words[0], NearestName.hint(words[0], names)));
            }
            builder = direction.equals("asc") ? builder.asc(words[0]) : builder.desc(words[0]);
        }
        return builder.build();
    }
}
