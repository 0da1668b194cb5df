package dev.tarn.writer.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.copy.Lines.Line;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;

/** Finds a schema that takes the rows of files: from footers, and from a sample of text. Confined to one thread. */
final class SchemaInference {
    /** Files that are looked at, spread over all: footers cost a request each. */
    private static final int SAMPLE_FILES = 1_000;

    /** Rows of text that are looked at; a later row of another kind is then an error of the load, with its line. */
    private static final int SAMPLE_ROWS = 20_000;

    private static final int MIN_ROWS_OF_FILE = 100;

    private final CopyOptions options;
    private final TarnFileIO io;
    private final ColumnValues values;
    private final TypeUnion union;

    /** Guesses of all text files together, by the comparable name. */
    private final Map<String, TextColumn> text = new LinkedHashMap<>();

    private record TextColumn(String name, TypeGuess guess) {}

    private SchemaInference(CopyOptions options, TarnFileIO io) {
        this.options = options;
        this.io = io;
        this.values = new ColumnValues(options.values());
        this.union = new TypeUnion(options.mapping());
    }

    /** The schema for some files; all columns are optional. */
    static Schema of(List<SourceFile> files, CopyOptions options, TarnFileIO io) {
        SchemaInference inference = new SchemaInference(options, io);
        List<SourceFile> sample = spread(files);
        int rows = Math.max(MIN_ROWS_OF_FILE, SAMPLE_ROWS / sample.size());
        sample.forEach(file -> inference.look(file, rows));
        return inference.schema(sample.get(0));
    }

    private static List<SourceFile> spread(List<SourceFile> files) {
        if (files.size() <= SAMPLE_FILES) {
            return files;
        }
        List<SourceFile> sample = new ArrayList<>();
        for (int i = 0; i < SAMPLE_FILES; i++) {
            sample.add(files.get((int) ((long) i * files.size() / SAMPLE_FILES)));
        }
        return sample;
    }

    private void look(SourceFile source, int rows) {
        InputFile file = io.newInputFile(source.location(), source.length());
        switch (options.formatOf(source.location())) {
            case PARQUET -> {
                var parquet = ParquetInput.footer(file).getFileMetaData().getSchema();
                union.add(source.location(), ParquetInput.schema(source.location(), parquet));
            }
            case ARROW -> {
                try (BufferAllocator allocator = new RootAllocator()) {
                    union.add(source.location(), ArrowSchemas.toIceberg(ArrowInput.schema(file, allocator)));
                }
            }
            case CSV -> lookAtCsv(file, rows);
            case JSON_LINES -> lookAtJson(file, rows);
        }
    }

    private Schema schema(SourceFile first) {
        if (!text.isEmpty()) {
            AtomicInteger lastId = new AtomicInteger();
            List<Types.NestedField> columns = new ArrayList<>();
            text.values()
                    .forEach(column -> columns.add(Types.NestedField.optional(
                            lastId.incrementAndGet(),
                            column.name(),
                            column.guess().type(lastId))));
            union.add(first.location(), new Schema(columns));
        }
        Schema found = union.schema();
        if (found.columns().isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s has no columns to find a schema from".formatted(BadRowException.fileName(first.location())));
        }
        return options.mapping().columns().isEmpty() ? found : chosen(found);
    }

    /** Only the columns that are asked for, under their names in the table. */
    private Schema chosen(Schema found) {
        List<String> names =
                found.columns().stream().map(Types.NestedField::name).toList();
        List<Types.NestedField> columns = new ArrayList<>();
        options.mapping().columns().forEach((name, inFile) -> {
            Types.NestedField field = options.mapping().by() == ColumnMapping.By.NAME_IGNORING_CASE
                    ? found.caseInsensitiveFindField(inFile)
                    : found.findField(inFile);
            if (field == null) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The files have no column '%s'%s".formatted(inFile, NearestName.hint(inFile, names)));
            }
            columns.add(Types.NestedField.optional(field.fieldId(), name, field.type()));
        });
        return new Schema(columns);
    }

    private void lookAtCsv(InputFile file, int rows) {
        Set<String> nulls = Set.copyOf(options.csv().nullTexts());
        try (CsvRows.Records records = CsvRows.Records.open(file, options.csv())) {
            CsvRecord record = records.next();
            if (record == null) {
                return;
            }
            boolean named = options.csv().header() == CsvLayout.Header.NAMES;
            List<String> names = named ? record.getFields() : CsvRows.numbered(record.getFieldCount());
            List<TypeGuess> guesses = names.stream().map(this::guess).toList();
            record = named ? records.next() : record;
            for (int row = 0; row < rows && record != null; row++) {
                for (int i = 0; i < Math.min(guesses.size(), record.getFieldCount()); i++) {
                    if (!nulls.contains(record.getField(i))) {
                        guesses.get(i).addText(record.getField(i));
                    }
                }
                record = records.next();
            }
        }
    }

    private void lookAtJson(InputFile file, int rows) {
        try (Lines lines = new Lines(Compression.open(file))) {
            int seen = 0;
            for (Line line = lines.next(); line != null && seen < rows; line = lines.next()) {
                seen++;
                object(line).properties().forEach(field -> guess(field.getKey()).addJson(field.getValue()));
            }
        } catch (IOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot read " + file.location(), e);
        }
    }

    /** The object of a line; an empty one for lines that will be errors of the load. */
    private static JsonNode object(Line line) {
        try {
            JsonNode node = line.text().isBlank() ? null : JsonRows.parse(line.text());
            return node != null && node.isObject() ? node : JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    private TypeGuess guess(String name) {
        String key = SourceColumns.comparable(name, options.mapping().by());
        return text.computeIfAbsent(key, absent -> new TextColumn(name, new TypeGuess(name, values)))
                .guess();
    }
}
