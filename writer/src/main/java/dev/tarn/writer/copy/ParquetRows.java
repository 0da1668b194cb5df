package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Rows of one Parquet file, whose columns are matched by name whatever field ids it has. */
final class ParquetRows implements RowReader {
    private final String location;
    private final List<Types.NestedField> columns;
    private final Set<String> names = new HashSet<>();
    private final CloseableIterable<Record> records;
    private final Iterator<Record> iterator;
    private long row;

    ParquetRows(InputFile file, List<Types.NestedField> columns) {
        this.location = file.location();
        this.columns = columns;
        MessageType parquet = ParquetInput.schema(file);
        Schema schema = schema(file.location(), parquet);
        List<String> found =
                schema.columns().stream().map(Types.NestedField::name).toList();
        SourceColumns.refuseUnknown(location, found, columns);
        names.addAll(found);
        List<Types.NestedField> projected = new ArrayList<>();
        for (Types.NestedField column : columns) {
            Types.NestedField source = schema.findField(column.name());
            if (source != null) {
                refuseUnfit(column, source.type());
                projected.add(source);
            }
        }
        Parquet.ReadBuilder builder = Parquet.read(file)
                .project(new Schema(projected))
                .createReaderFunc(
                        (Schema expected, MessageType given) -> GenericParquetReaders.buildReader(expected, given));
        if (!ParquetSchemaUtil.hasIds(parquet)) {
            builder = builder.withNameMapping(MappingUtil.create(schema));
        }
        try {
            this.records = builder.build();
            this.iterator = records.iterator();
        } catch (RuntimeException e) {
            throw ParquetInput.failure(location, e);
        }
    }

    /**
     * The Iceberg schema of a Parquet file; ids are its own, or made up where it has none.
     *
     * @throws TarnException UNSUPPORTED if a column has no Iceberg type
     */
    static Schema schema(String location, MessageType parquet) {
        try {
            return ParquetSchemaUtil.convert(parquet);
        } catch (RuntimeException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "%s has a column that no Iceberg type can hold: %s"
                            .formatted(BadRowException.fileName(location), e.getMessage()),
                    e);
        }
    }

    @Override
    public Set<String> columns() {
        return Set.copyOf(names);
    }

    @Override
    public @Nullable Object @Nullable [] next() {
        Record record;
        try {
            if (!iterator.hasNext()) {
                return null;
            }
            record = iterator.next();
        } catch (RuntimeException e) {
            throw ParquetInput.failure(location, e);
        }
        row++;
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Types.NestedField column = columns.get(i);
            values[i] = names.contains(column.name()) ? record.getField(column.name()) : null;
            if (values[i] == null && column.isRequired() && column.writeDefault() == null) {
                throw new BadRowException(
                        location,
                        "row",
                        row,
                        "column '%s' is required but missing or null".formatted(column.name()),
                        "");
            }
        }
        return values;
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + location, e);
        }
    }

    private void refuseUnfit(Types.NestedField column, Type found) {
        Type type = column.type();
        boolean fits = type.isNestedType()
                ? found.typeId() == type.typeId()
                : found.isPrimitiveType()
                        && (found.equals(type) || TypeUtil.isPromotionAllowed(found, type.asPrimitiveType()));
        if (!fits) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s: column '%s' expects %s but the file has %s"
                            .formatted(BadRowException.fileName(location), column.name(), type, found));
        }
    }
}
