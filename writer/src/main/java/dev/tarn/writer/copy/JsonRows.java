package dev.tarn.writer.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.Lines.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of one file with a JSON object on each line; empty lines are passed over. */
final class JsonRows implements RowReader {
    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            // Not JSON, but what Python writes for NaN and the infinities.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build()
            .readerFor(JsonNode.class);

    private final String location;
    private final List<Types.NestedField> columns;
    private final ColumnMapping mapping;
    private final JsonValues values;
    private final Lines lines;

    /** Place of each table column by the name that it has in the file. */
    private final Map<String, Integer> places = new HashMap<>();

    JsonRows(InputFile file, List<Types.NestedField> columns, CopyOptions options) {
        this.location = file.location();
        this.columns = columns;
        this.mapping = options.mapping();
        this.values = new JsonValues(new ColumnValues(options.values()), mapping);
        switch (mapping.by()) {
            case NAME, NAME_IGNORING_CASE -> nameColumns();
            case FIELD_ID, POSITION ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "%s: fields of JSON have neither position nor id; match by name"
                                .formatted(BadRowException.fileName(location)));
        }
        this.lines = new Lines(Compression.open(file));
    }

    @Override
    public @Nullable Object @Nullable [] next() {
        Line line = readLine();
        while (line != null && line.kind() == Lines.Kind.TEXT && line.text().isBlank()) {
            line = readLine();
        }
        if (line == null) {
            return null;
        }
        switch (line.kind()) {
            case TEXT -> {
                return row(line);
            }
            case NOT_UTF8 -> throw bad(line, "", "is not UTF-8");
            case TOO_LONG -> throw bad(line, "", "is longer than %d bytes".formatted(Lines.MAX_LINE_BYTES));
        }
        throw new IllegalStateException("no such kind of line");
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + location, e);
        }
    }

    /** One line as an object. */
    static JsonNode parse(String text) throws JsonProcessingException {
        return READER.readValue(text);
    }

    private void nameColumns() {
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).name();
            String inFile =
                    mapping.columns().isEmpty() ? name : mapping.columns().get(name);
            if (inFile != null && places.put(SourceColumns.comparable(inFile, mapping.by()), i) != null) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' of the table cannot be told from another; match with upper and lower case"
                                .formatted(name));
            }
        }
        List<String> names = columns.stream().map(Types.NestedField::name).toList();
        for (String chosen : mapping.columns().keySet()) {
            if (!names.contains(chosen)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The table has no column '%s'%s".formatted(chosen, NearestName.hint(chosen, names)));
            }
        }
    }

    private @Nullable Object[] row(Line line) {
        JsonNode object = object(line);
        @Nullable Object[] row = new Object[columns.size()];
        Arrays.fill(row, ABSENT);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            Integer place = places.get(SourceColumns.comparable(field.getKey(), mapping.by()));
            if (place != null) {
                row[place] = value(line, columns.get(place), field.getValue());
            } else if (mapping.extra() == ColumnMapping.Extra.REFUSE
                    && mapping.columns().isEmpty()) {
                throw bad(line, field.getKey(), "is not in the table");
            }
        }
        for (int i = 0; i < row.length; i++) {
            Types.NestedField column = columns.get(i);
            boolean missing = row[i] == null || (row[i] == ABSENT && column.writeDefault() == null);
            if (missing && column.isRequired()) {
                throw bad(line, column.name(), "is required but missing or null");
            }
        }
        return row;
    }

    private @Nullable Object value(Line line, Types.NestedField column, JsonNode node) {
        try {
            return values.convert(column.name(), column.type(), node);
        } catch (UnfitValueException e) {
            throw bad(line, e.column(), e.reason());
        }
    }

    private JsonNode object(Line line) {
        try {
            JsonNode node = parse(line.text());
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw bad(line, "", "is no valid JSON");
        }
        throw bad(line, "", "expects a JSON object");
    }

    private @Nullable Line readLine() {
        try {
            return lines.next();
        } catch (IOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    private BadRowException bad(Line line, String column, String reason) {
        return new BadRowException(location, "line", line.number(), column, reason, line.text());
    }
}
