package dev.tarn.writer.copy;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.SourceColumns.SourceColumn;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of one CSV file. */
final class CsvRows implements RowReader {
    /** Stands for bytes that are not UTF-8. Unicode promises never to give this one a meaning, so that no text holds it. */
    private static final String NOT_UTF8 = "\uFFFF";

    private final String location;
    private final List<Types.NestedField> columns;
    private final CsvLayout layout;
    private final Set<String> nullTexts;
    private final char delimiter;
    private final ColumnValues values;
    private final Records records;
    private final int width;
    private @Nullable CsvRecord first;

    /** Place of each table column in the file, or -1. */
    private final int[] places;

    CsvRows(InputFile file, List<Types.NestedField> columns, CopyOptions options) {
        this.location = file.location();
        this.columns = columns;
        this.layout = options.csv();
        this.nullTexts = Set.copyOf(layout.nullTexts());
        this.delimiter = layout.delimiterOf(location);
        this.values = new ColumnValues(options.values());
        this.records = Records.open(file, layout);
        try {
            List<String> names = names();
            this.width = names.size();
            this.places = SourceColumns.places(
                    location, names.stream().map(SourceColumn::named).toList(), columns, mapping(options));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The records of one file, as text. */
    static final class Records implements AutoCloseable {
        private final String location;
        private final CsvReader<CsvRecord> reader;
        private final CloseableIterator<CsvRecord> iterator;

        private Records(String location, CsvReader<CsvRecord> reader) {
            this.location = location;
            this.reader = reader;
            this.iterator = reader.iterator();
        }

        static Records open(InputFile file, CsvLayout layout) {
            String location = file.location();
            InputStreamReader text = new InputStreamReader(
                    Compression.open(file),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)
                            .replaceWith(NOT_UTF8));
            try {
                return new Records(
                        location,
                        CsvReader.builder()
                                .fieldSeparator(layout.delimiterOf(location))
                                .quoteCharacter(layout.quote())
                                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                                .allowUnclosedQuote(false)
                                .detectBomHeader(false)
                                .ofCsvRecord(new WithoutMark(text)));
            } catch (CsvParseException e) {
                throw invalid(location, e);
            }
        }

        @Nullable
        CsvRecord next() {
            try {
                return iterator.hasNext() ? iterator.next() : null;
            } catch (CsvParseException e) {
                throw known(e).orElseGet(() -> invalid(location, e));
            } catch (UncheckedIOException e) {
                throw known(e).orElseGet(() -> new TarnException(ErrorKind.UNAVAILABLE, "Cannot read " + location, e));
            }
        }

        /** What the stream below the parser said, which wraps it. */
        private static Optional<TarnException> known(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof TarnException found) {
                    return Optional.of(found);
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close " + location, e);
            }
        }

        private static TarnException invalid(String location, CsvParseException e) {
            String what = e.getCause() instanceof CsvParseException cause ? cause.getMessage() : e.getMessage();
            return new TarnException(
                    ErrorKind.INVALID,
                    "%s is no valid CSV: %s; check delimiter and quotes"
                            .formatted(BadRowException.fileName(location), what),
                    e);
        }
    }

    @Override
    public @Nullable Object @Nullable [] next() {
        CsvRecord record = first == null ? records.next() : first;
        first = null;
        if (record == null) {
            return null;
        }
        if (record.getFieldCount() != width) {
            throw bad(record, "", "expects %d columns but the line has %d".formatted(width, record.getFieldCount()));
        }
        @Nullable Object[] row = new Object[places.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = places[i] < 0 ? ABSENT : value(record, columns.get(i), record.getField(places[i]));
        }
        return row;
    }

    @Override
    public void close() {
        records.close();
    }

    private List<String> names() {
        CsvRecord line = records.next();
        if (line == null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s is empty; a CSV file begins with a line that names the columns"
                            .formatted(BadRowException.fileName(location)));
        }
        if (layout.header() == CsvLayout.Header.NAMES) {
            return line.getFields();
        }
        first = line;
        return numbered(line.getFieldCount());
    }

    /** Names of the columns of a file that does not name them. */
    static List<String> numbered(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(Integer.toString(i));
        }
        return names;
    }

    private ColumnMapping mapping(CopyOptions options) {
        boolean nameless = layout.header() == CsvLayout.Header.NONE;
        return nameless ? options.mapping().withBy(ColumnMapping.By.POSITION) : options.mapping();
    }

    private @Nullable Object value(CsvRecord record, Types.NestedField column, String text) {
        if (nullTexts.contains(text)) {
            if (column.isRequired()) {
                throw bad(record, column.name(), "is required but the field is null");
            }
            return null;
        }
        if (text.contains(NOT_UTF8)) {
            throw bad(record, column.name(), "is not UTF-8");
        }
        try {
            return values.parse(column.name(), column.type(), text);
        } catch (UnfitValueException e) {
            throw bad(record, e.column(), e.reason());
        }
    }

    private BadRowException bad(CsvRecord record, String column, String reason) {
        String raw = String.join(String.valueOf(delimiter), record.getFields());
        return new BadRowException(location, "line", record.getStartingLineNumber(), column, reason, raw);
    }
}
