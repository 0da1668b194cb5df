package dev.tarn.writer.copy;

import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.SourceColumns.SourceColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Rows of one Parquet file, read column by column into the batch. */
final class ParquetBatches implements FileBatches {
    /** Of the values of one batch, as far as the footer tells their size. */
    private static final long BATCH_BYTES = 64L << 20;

    private final String location;
    private final TableBatch batch;
    private final BatchErrors errors;
    private final ParquetFileReader reader;
    private final FileMetaData metadata;
    private final List<ParquetColumn> columns = new ArrayList<>();

    /** Columns of the table that the file lacks. */
    private final List<Integer> absent = new ArrayList<>();

    private final int rowsOfBatch;
    private long rowsLeftInGroup;
    private long rowsRead;

    ParquetBatches(InputFile file, TableBatch batch, ColumnMapping mapping, RowErrors errors) {
        this.location = file.location();
        this.batch = batch;
        this.errors = new BatchErrors(location, errors);
        this.reader = ParquetInput.open(file);
        try {
            this.metadata = reader.getFooter().getFileMetaData();
            this.rowsOfBatch = rowsOfBatch();
            match(mapping);
            reader.setRequestedSchema(columns.stream()
                    .map(ParquetColumn::descriptors)
                    .flatMap(List::stream)
                    .toList());
        } catch (RuntimeException e) {
            close();
            throw ParquetInput.failure(location, e);
        }
    }

    @Override
    public boolean fill() {
        try {
            if (rowsLeftInGroup == 0 && !nextRowGroup()) {
                return false;
            }
            int rows = (int) Math.min(rowsOfBatch, rowsLeftInGroup);
            for (ParquetColumn column : columns) {
                column.read(rows, errors);
            }
            absent.forEach(column -> batch.fillWithDefault(column, rows));
            batch.root().setRowCount(rows);
            errors.settle(batch, rowsRead);
            rowsLeftInGroup -= rows;
            rowsRead += rows;
            return true;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw ParquetInput.failure(location, e);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw ParquetInput.failure(location, e);
        }
    }

    private boolean nextRowGroup() throws IOException {
        PageReadStore pages = reader.readNextRowGroup();
        while (pages != null && pages.getRowCount() == 0) {
            pages = reader.readNextRowGroup();
        }
        if (pages == null) {
            return false;
        }
        rowsLeftInGroup = pages.getRowCount();
        ColumnReadStore store =
                new ColumnReadStoreImpl(pages, new NoRecords(), metadata.getSchema(), metadata.getCreatedBy());
        columns.forEach(column -> column.begin(store));
        return true;
    }

    private void match(ColumnMapping mapping) {
        MessageType schema = metadata.getSchema();
        List<Types.NestedField> wanted = batch.columns();
        int[] places = SourceColumns.places(location, sources(schema), wanted, mapping);
        for (int i = 0; i < places.length; i++) {
            if (places[i] == SourceColumns.ABSENT) {
                absent.add(i);
                continue;
            }
            Type given = schema.getType(places[i]);
            try {
                columns.add(new ParquetColumn(
                        schema, given, wanted.get(i), batch.root().getVector(i), mapping));
            } catch (TarnException e) {
                throw new TarnException(
                        e.kind(), "%s: %s".formatted(BadRowException.fileName(location), e.getMessage()), e);
            }
        }
    }

    /** The columns of a file. */
    static List<SourceColumn> sources(MessageType schema) {
        return schema.getFields().stream()
                .map(field -> new SourceColumn(
                        field.getName(),
                        field.getId() == null
                                ? OptionalInt.empty()
                                : OptionalInt.of(field.getId().intValue())))
                .toList();
    }

    private int rowsOfBatch() {
        long rows = 0;
        long bytes = 0;
        for (BlockMetaData group : reader.getRowGroups()) {
            rows += group.getRowCount();
            bytes += group.getTotalByteSize();
        }
        long bytesOfRow = rows == 0 ? 1 : Math.max(1, bytes / rows);
        return (int) Math.max(1, Math.min(TableBatch.MAX_ROWS, BATCH_BYTES / bytesOfRow));
    }

    /** Column readers want somebody who would take records; here nobody does. */
    private static final class NoRecords extends GroupConverter {
        private final PrimitiveConverter nothing = new PrimitiveConverter() {};

        @Override
        public Converter getConverter(int fieldIndex) {
            return new Either();
        }

        @Override
        public void start() {}

        @Override
        public void end() {}

        /** The type of a field is not told, so that this stands for both. */
        private final class Either extends Converter {
            @Override
            public boolean isPrimitive() {
                return true;
            }

            @Override
            public PrimitiveConverter asPrimitiveConverter() {
                return nothing;
            }

            @Override
            public GroupConverter asGroupConverter() {
                return NoRecords.this;
            }
        }
    }
}
