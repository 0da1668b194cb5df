package dev.tarn.writer.index;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.parquet.ParquetBloomRowGroupFilter;
import org.apache.iceberg.parquet.ParquetMetricsRowGroupFilter;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Reads nothing but the key columns of one Parquet file, column by column, no record put together. Confined to one thread. */
final class ParquetKeys {
    private final KeyColumns columns;
    private final KeyHash hash;
    private final Expression filter;

    /** Gets every key. */
    @FunctionalInterface
    interface KeyAt {
        /** The hash holds the key of the row at this position. */
        void found(long position);
    }

    /** @param filter lets row groups be skipped; keys that do not match may still be shown */
    ParquetKeys(KeyColumns columns, KeyHash hash, Expression filter) {
        this.columns = columns;
        this.hash = hash;
        this.filter = filter;
    }

    /**
     * Shows the keys of all rows that have one, deleted or not.
     *
     * @return whether the file has all key columns in the layout that Iceberg writes; if not, nothing was shown
     * @throws TarnException CORRUPT naming the file, if it cannot be read
     */
    boolean forEach(InputFile file, KeyAt consumer) {
        try (ParquetFileReader reader = ParquetFileReader.open(
                new Adapter(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            MessageType schema = reader.getFileMetaData().getSchema();
            Optional<MessageType> projection = projection(schema);
            if (projection.isEmpty()) {
                return false;
            }
            reader.setRequestedSchema(projection.get());
            String createdBy = reader.getFileMetaData().getCreatedBy();
            long firstPosition = 0;
            for (int i = 0; i < reader.getRowGroups().size(); i++) {
                BlockMetaData group = reader.getRowGroups().get(i);
                if (mayMatch(reader, schema, group)) {
                    read(reader.readRowGroup(i), projection.get(), createdBy, firstPosition, consumer);
                }
                firstPosition += group.getRowCount();
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the keys of " + file.location(), e);
        } catch (org.apache.parquet.io.ParquetDecodingException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "%s is damaged or no Parquet file".formatted(file.location()), e);
        }
    }

    private boolean mayMatch(ParquetFileReader reader, MessageType schema, BlockMetaData group) {
        if (filter.op() == Expression.Operation.TRUE) {
            return true;
        }
        Schema keys = columns.schema();
        return new ParquetMetricsRowGroupFilter(keys, filter).shouldRead(schema, group)
                && new ParquetBloomRowGroupFilter(keys, filter)
                        .shouldRead(schema, group, reader.getBloomFilterDataReader(group));
    }

    private void read(
            PageReadStore pages, MessageType projection, String createdBy, long firstPosition, KeyAt consumer) {
        ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new NoConverters(), projection, createdBy);
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < projection.getColumns().size(); i++) {
            ColumnReader reader = store.getColumnReader(projection.getColumns().get(i));
            cells.add(new Cell(
                    reader,
                    projection.getColumns().get(i).getMaxDefinitionLevel(),
                    appender(columns.schema().columns().get(i), reader)));
        }
        long rows = pages.getRowCount();
        for (long row = 0; row < rows; row++) {
            boolean complete = true;
            hash.begin();
            for (Cell cell : cells) {
                ColumnReader reader = cell.reader();
                if (reader.getCurrentDefinitionLevel() < cell.definition()) {
                    complete = false;
                } else {
                    cell.appender().run();
                }
                reader.consume();
            }
            if (complete) {
                hash.end();
                consumer.found(firstPosition + row);
            }
        }
    }

    private record Cell(ColumnReader reader, int definition, Runnable appender) {}

    private Runnable appender(Types.NestedField column, ColumnReader reader) {
        PrimitiveTypeName physical = reader.getDescriptor().getPrimitiveType().getPrimitiveTypeName();
        return switch (column.type().typeId()) {
            case BOOLEAN -> () -> hash.putLong(reader.getBoolean() ? 1 : 0);
            case STRING, FIXED, BINARY -> () -> hash.putBytes(reader.getBinary().getBytesUnsafe());
            case UUID -> () -> hash.putUuid(reader.getBinary().getBytesUnsafe());
            case DECIMAL ->
                switch (physical) {
                    case INT32 -> () -> hash.putUnscaled(reader.getInteger());
                    case INT64 -> () -> hash.putUnscaled(reader.getLong());
                    default -> () -> hash.putUnscaled(reader.getBinary().getBytesUnsafe());
                };
            default ->
                physical == PrimitiveTypeName.INT32
                        ? () -> hash.putLong(reader.getInteger())
                        : () -> hash.putLong(reader.getLong());
        };
    }

    /** The key columns as the file has them, in key order; absent if one is missing or laid out in another way. */
    private Optional<MessageType> projection(MessageType file) {
        List<Type> found = new ArrayList<>();
        for (Types.NestedField column : columns.schema().columns()) {
            Optional<Type> match = file.getFields().stream()
                    .filter(type -> type.getId() != null && type.getId().intValue() == column.fieldId())
                    .filter(type -> fits(column, type))
                    .findFirst();
            if (match.isEmpty()) {
                return Optional.empty();
            }
            found.add(match.get());
        }
        return Optional.of(new MessageType(file.getName(), found));
    }

    private static boolean fits(Types.NestedField column, Type found) {
        if (!found.isPrimitive() || found.isRepetition(Type.Repetition.REPEATED)) {
            return false;
        }
        PrimitiveType given = found.asPrimitiveType();
        PrimitiveType written =
                ParquetSchemaUtil.convert(new Schema(column), "key").getType(0).asPrimitiveType();
        boolean sameAnnotation =
                java.util.Objects.equals(given.getLogicalTypeAnnotation(), written.getLogicalTypeAnnotation());
        return switch (column.type().typeId()) {
            case DECIMAL -> isDecimalOfScale(given, ((Types.DecimalType) column.type()).scale());
            // An integer that was widened later: its annotation, where there is one, tells the width.
            case LONG ->
                (given.getPrimitiveTypeName() == PrimitiveTypeName.INT64 && sameAnnotation)
                        || (given.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                                && given.getLogicalTypeAnnotation() == null);
            default -> given.getPrimitiveTypeName() == written.getPrimitiveTypeName() && sameAnnotation;
        };
    }

    private static boolean isDecimalOfScale(PrimitiveType given, int scale) {
        return given.getLogicalTypeAnnotation()
                        instanceof org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation decimal
                && decimal.getScale() == scale
                && given.getTypeLength() <= 16;
    }

    /** Column readers ask for converters, which are only used by those who do not read values themselves. */
    private static final class NoConverters extends GroupConverter {
        @Override
        public Converter getConverter(int fieldIndex) {
            return new PrimitiveConverter() {};
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }

    private record Adapter(InputFile file) implements org.apache.parquet.io.InputFile {
        @Override
        public long getLength() {
            return file.getLength();
        }

        @Override
        public org.apache.parquet.io.SeekableInputStream newStream() {
            SeekableInputStream stream = file.newStream();
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() throws IOException {
                    return stream.getPos();
                }

                @Override
                public void seek(long position) throws IOException {
                    stream.seek(position);
                }
            };
        }
    }
}
