package dev.tarn.writer.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** Finds a schema for files that have none, or none of Iceberg's. */
final class SchemaInference {
    /** Rows that are looked at; a later row of another kind is then an error of the load, with its line. */
    private static final int SAMPLE_ROWS = 10_000;

    /** From narrow to wide; the first that fits every value of the sample is taken. */
    private static final List<Type> CANDIDATES = List.of(
            Types.BooleanType.get(),
            Types.LongType.get(),
            Types.DoubleType.get(),
            Types.DateType.get(),
            Types.TimestampType.withoutZone(),
            Types.TimestampType.withZone());

    private SchemaInference() {}

    static Schema ofParquet(InputFile file) {
        Schema found = ParquetRows.schema(file.location(), ParquetInput.schema(file));
        List<Types.NestedField> optional =
                found.columns().stream().map(Types.NestedField::asOptional).toList();
        AtomicInteger lastId = new AtomicInteger();
        return TypeUtil.assignFreshIds(new Schema(optional), lastId::incrementAndGet);
    }

    static Schema ofCsv(InputFile file, CsvLayout layout) {
        Map<String, List<String>> samples = new LinkedHashMap<>();
        List<String> header = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .fieldSeparator(layout.delimiter())
                .quoteCharacter(layout.quote())
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .detectBomHeader(true)
                .ofCsvRecord(file.newStream())) {
            int rows = 0;
            for (CsvRecord record : reader) {
                if (header.isEmpty()) {
                    header.addAll(record.getFields());
                    header.forEach(name -> samples.put(name, new ArrayList<>()));
                    continue;
                }
                for (int i = 0; i < Math.min(header.size(), record.getFieldCount()); i++) {
                    String text = record.getField(i);
                    if (!text.equals(layout.nullText())) {
                        samples.getOrDefault(header.get(i), List.of()).add(text);
                    }
                }
                if (++rows >= SAMPLE_ROWS) {
                    break;
                }
            }
        } catch (CsvParseException e) {
            throw unreadable(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.location(), e);
        }
        return schema(file, samples);
    }

    static Schema ofJson(InputFile file) {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, List<String>> samples = new LinkedHashMap<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(file.newStream(), StandardCharsets.UTF_8))) {
            int rows = 0;
            for (String line = reader.readLine(); line != null && rows < SAMPLE_ROWS; line = reader.readLine()) {
                if (!line.isBlank()) {
                    rows++;
                    for (Map.Entry<String, JsonNode> field :
                            mapper.readTree(line).properties()) {
                        addSample(file, samples, field);
                    }
                }
            }
        } catch (JsonProcessingException e) {
            throw unreadable(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.location(), e);
        }
        return schema(file, samples);
    }

    private static void addSample(
            InputFile file, Map<String, List<String>> samples, Map.Entry<String, JsonNode> field) {
        JsonNode value = field.getValue();
        if (value.isContainerNode()) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "%s: column '%s' is nested, for which no type is guessed; create the table first"
                            .formatted(BadRowException.fileName(file.location()), field.getKey()));
        }
        List<String> texts = samples.computeIfAbsent(field.getKey(), absent -> new ArrayList<>());
        if (!value.isNull()) {
            texts.add(value.asText());
        }
    }

    private static Schema schema(InputFile file, Map<String, List<String>> samples) {
        if (samples.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s has no columns to find a schema from".formatted(BadRowException.fileName(file.location())));
        }
        List<Types.NestedField> columns = new ArrayList<>();
        samples.forEach(
                (name, texts) -> columns.add(Types.NestedField.optional(columns.size() + 1, name, narrowest(texts))));
        return new Schema(columns);
    }

    private static Type narrowest(List<String> texts) {
        if (texts.isEmpty()) {
            return Types.StringType.get();
        }
        return CANDIDATES.stream()
                .filter(type -> texts.stream().allMatch(text -> parses(type, text)))
                .findFirst()
                .orElse(Types.StringType.get());
    }

    private static boolean parses(Type type, String text) {
        try {
            ColumnValues.parse(type, text);
            return true;
        } catch (IllegalArgumentException | DateTimeException e) {
            return false;
        }
    }

    private static TarnException unreadable(InputFile file, Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "%s cannot be read as its format; check format and layout"
                        .formatted(BadRowException.fileName(file.location())),
                cause);
    }
}
