package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Reads columns and partition fields as people write them on a command line. */
final class TableDefinitions {
    private static final Pattern COLUMN =
            Pattern.compile("(\\S+)\\s+(.+?)(\\s+not\\s+null)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern TRANSFORM =
            Pattern.compile("(\\w+)\\(\\s*(?:(\\d{1,9})\\s*,\\s*)?(.+?)\\s*\\)", Pattern.CASE_INSENSITIVE);
    /** Names of other systems for Iceberg's types. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "integer", "int",
            "bigint", "long",
            "real", "float",
            "text", "string",
            "varchar", "string",
            "bool", "boolean",
            "bytes", "binary");

    private TableDefinitions() {}

    /**
     * Reads {@code name type [not null], ...}.
     *
     * @throws TarnException INVALID naming the column and what was expected
     */
    static Schema schema(String text) {
        List<Types.NestedField> fields = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String column : splitAtCommas(text)) {
            Matcher matcher = COLUMN.matcher(column.strip());
            if (!matcher.matches()) {
                throw new TarnException(
                        ErrorKind.INVALID, "A column is written 'name type' but found '%s'".formatted(column.strip()));
            }
            String name = matcher.group(1);
            if (names.contains(name)) {
                throw new TarnException(ErrorKind.INVALID, "Column '%s' is there twice".formatted(name));
            }
            names.add(name);
            Type type = type(name, matcher.group(2).strip());
            int id = fields.size() + 1;
            fields.add(
                    matcher.group(3) == null
                            ? Types.NestedField.optional(id, name, type)
                            : Types.NestedField.required(id, name, type));
        }
        return new Schema(fields);
    }

    /**
     * Reads partition fields: a column, or a transform of one.
     *
     * @throws TarnException INVALID for an unknown transform, NOT_FOUND for an unknown column
     */
    static PartitionSpec partitionSpec(Schema schema, List<String> fields) {
        PartitionSpec.Builder builder = PartitionSpec.builderFor(schema);
        for (String field : fields) {
            Matcher matcher = TRANSFORM.matcher(field.strip());
            if (matcher.matches()) {
                String column = column(schema, matcher.group(3));
                int width = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
                addTransform(builder, matcher.group(1), width, column);
            } else {
                builder.identity(column(schema, field.strip()));
            }
        }
        return builder.build();
    }

    private static void addTransform(PartitionSpec.Builder builder, String transform, int width, String column) {
        switch (transform.toLowerCase(Locale.ROOT)) {
            case "year", "years" -> builder.year(column);
            case "month", "months" -> builder.month(column);
            case "day", "days" -> builder.day(column);
            case "hour", "hours" -> builder.hour(column);
            case "identity" -> builder.identity(column);
            case "bucket" -> builder.bucket(column, width);
            case "truncate" -> builder.truncate(column, width);
            default ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Unknown partition transform '%s'; there are year, month, day, hour, bucket(N, column), truncate(N, column)"
                                .formatted(transform));
        }
    }

    private static String column(Schema schema, String name) {
        if (schema.findField(name) == null) {
            List<String> names =
                    schema.columns().stream().map(Types.NestedField::name).toList();
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "There is no column '%s' to partition by%s".formatted(name, NearestName.hint(name, names)));
        }
        return name;
    }

    private static Type type(String column, String text) {
        String name = text.toLowerCase(Locale.ROOT);
        try {
            return Types.fromPrimitiveString(OTHER_NAMES.getOrDefault(name, name));
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' has the unknown type '%s'; there are boolean, int, long, float, double, decimal(P,S), "
                                    .formatted(column, text)
                            + "date, time, timestamp, timestamptz, string, uuid, fixed[N], binary; nested types by --schema-json",
                    e);
        }
    }

    private static List<String> splitAtCommas(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
