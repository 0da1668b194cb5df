package dev.tarn.writer.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of one file with a JSON object on each line; empty lines are passed over. */
final class JsonRows implements RowReader {
    private static final ObjectReader READER = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readerFor(JsonNode.class);

    private final String location;
    private final List<Types.NestedField> columns;
    private final Set<String> names = new HashSet<>();
    private final BufferedReader reader;
    private long line;

    JsonRows(InputFile file, List<Types.NestedField> columns) {
        this.location = file.location();
        this.columns = columns;
        columns.forEach(column -> names.add(column.name()));
        this.reader = new BufferedReader(new InputStreamReader(file.newStream(), StandardCharsets.UTF_8.newDecoder()));
    }

    @Override
    public Set<String> columns() {
        return Set.copyOf(names);
    }

    @Override
    public @Nullable Object @Nullable [] next() {
        String text = readLine();
        while (text != null && text.isBlank()) {
            text = readLine();
        }
        if (text == null) {
            return null;
        }
        JsonNode object = parse(text);
        Iterator<String> fields = object.fieldNames();
        while (fields.hasNext()) {
            String name = fields.next();
            if (!names.contains(name)) {
                throw bad("the table has no column '%s'".formatted(name), text);
            }
        }
        @Nullable Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = value(columns.get(i), object, text);
        }
        return row;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + location, e);
        }
    }

    private @Nullable Object value(Types.NestedField column, JsonNode object, String text) {
        try {
            Object value = ColumnValues.convert(column.type(), object.path(column.name()));
            if (value == null && column.isRequired() && column.writeDefault() == null) {
                throw bad("column '%s' is required but missing or null".formatted(column.name()), text);
            }
            return value;
        } catch (IllegalArgumentException | DateTimeException e) {
            throw bad("column '%s' expects %s".formatted(column.name(), ColumnValues.expectation(column.type())), text);
        }
    }

    private JsonNode parse(String text) {
        try {
            JsonNode node = READER.readValue(text);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw bad("is no valid JSON", text);
        }
        throw bad("expects a JSON object", text);
    }

    private @Nullable String readLine() {
        try {
            line++;
            return reader.readLine();
        } catch (CharacterCodingException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s line %d: is not UTF-8".formatted(BadRowException.fileName(location), line),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + location, e);
        }
    }

    private BadRowException bad(String reason, String text) {
        return new BadRowException(location, "line", line, reason, text);
    }
}
