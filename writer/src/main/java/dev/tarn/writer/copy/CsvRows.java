package dev.tarn.writer.copy;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows of one CSV file with a header line. */
final class CsvRows implements RowReader {
    private final String location;
    private final List<Types.NestedField> columns;
    private final CsvLayout layout;
    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> records;
    private final List<String> header;

    /** Place of each table column in the file, or -1. */
    private final int[] places;

    CsvRows(InputFile file, List<Types.NestedField> columns, CsvLayout layout) {
        this.location = file.location();
        this.columns = columns;
        this.layout = layout;
        this.reader = CsvReader.builder()
                .fieldSeparator(layout.delimiter())
                .quoteCharacter(layout.quote())
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .detectBomHeader(true)
                .ofCsvRecord(file.newStream());
        this.records = reader.iterator();
        CsvRecord first = read();
        if (first == null) {
            close();
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s is empty; a CSV file begins with a line that names the columns"
                            .formatted(BadRowException.fileName(location)));
        }
        this.header = first.getFields();
        SourceColumns.refuseUnknown(location, header, columns);
        this.places = columns.stream()
                .mapToInt(column -> header.indexOf(column.name()))
                .toArray();
    }

    @Override
    public Set<String> columns() {
        return new HashSet<>(header);
    }

    @Override
    public @Nullable Object @Nullable [] next() {
        CsvRecord record = read();
        if (record == null) {
            return null;
        }
        if (record.getFieldCount() != header.size()) {
            throw bad(
                    record, "expects %d columns but the line has %d".formatted(header.size(), record.getFieldCount()));
        }
        @Nullable Object[] row = new Object[places.length];
        for (int i = 0; i < row.length; i++) {
            if (places[i] >= 0) {
                row[i] = value(record, columns.get(i), record.getField(places[i]));
            }
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

    private @Nullable Object value(CsvRecord record, Types.NestedField column, String text) {
        if (text.equals(layout.nullText())) {
            if (column.isRequired()) {
                throw bad(record, "column '%s' is required but the field is null".formatted(column.name()));
            }
            return null;
        }
        try {
            return ColumnValues.parse(column.type(), text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw bad(
                    record, "column '%s' expects %s".formatted(column.name(), ColumnValues.expectation(column.type())));
        }
    }

    private @Nullable CsvRecord read() {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (CsvParseException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s is no valid CSV: %s; check delimiter and quotes"
                            .formatted(BadRowException.fileName(location), e.getMessage()),
                    e);
        }
    }

    private BadRowException bad(CsvRecord record, String reason) {
        String raw = String.join(String.valueOf(layout.delimiter()), record.getFields());
        return new BadRowException(location, "line", record.getStartingLineNumber(), reason, raw);
    }
}
