package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.formats.ReadBuilder;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.PartitionUtil;

/**
 * The tier that is always right: every row is read with all deletes applied and written anew in the table's current
 * schema. In tables with row lineage the row id and the sequence number of the last update are written as columns, so
 * that a row keeps both. Not thread-safe.
 */
final class RowRewriter {
    private final Table table;
    private final CompactionOptions options;
    private final Schema schema;

    RowRewriter(Table table, CompactionOptions options) {
        this.table = table;
        this.options = options;
        this.schema = TableUtil.supportsRowLineage(table)
                ? MetadataColumns.schemaWithRowLineage(table.schema())
                : table.schema();
    }

    /** Writes and verifies the outputs; leaves none behind if that fails. */
    RewrittenGroup rewrite(CompactionGroup group, List<FileScanTask> inputs, Snapshot start) {
        long records =
                inputs.stream().mapToLong(task -> task.file().recordCount()).sum();
        long rowsPerFile = Math.max(1, (records + group.expectedOutputFiles() - 1) / group.expectedOutputFiles());
        PartitionedOutput output = new PartitionedOutput(table, schema, outputSpec(), rowsPerFile);
        try {
            RowTally tally = new RowTally(schema);
            try (output) {
                for (FileScanTask input : inputs) {
                    copy(input, output, tally);
                }
            }
            List<DataFile> files = output.files();
            tally.verify(table.name(), files);
            return new RewrittenGroup(group, inputs, files, start);
        } catch (RuntimeException e) {
            OwnOutputs.delete(table.io(), output.locations(), e);
            throw e instanceof TarnException ? e : failure(group, e);
        }
    }

    private TarnException failure(CompactionGroup group, RuntimeException cause) {
        ErrorKind kind = ErrorKind.INTERNAL;
        if (cause instanceof NotFoundException) {
            kind = ErrorKind.CORRUPT;
        } else if (cause instanceof RuntimeIOException || cause instanceof UncheckedIOException) {
            kind = ErrorKind.UNAVAILABLE;
        }
        String partition = group.partition().isEmpty() ? "the only partition" : "partition " + group.partition();
        return new TarnException(
                kind,
                "Cannot rewrite %d files of %s of %s; its files are as they were: %s"
                        .formatted(group.inputs().size(), partition, table.name(), cause.getMessage()),
                cause);
    }

    private PartitionSpec outputSpec() {
        PartitionSpec spec = table.specs().get(options.outputSpecId());
        if (spec == null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Table %s has no partition spec %d; it has %s"
                            .formatted(
                                    table.name(),
                                    options.outputSpecId(),
                                    table.specs().keySet()));
        }
        return spec;
    }

    private void copy(FileScanTask input, PartitionedOutput output, RowTally tally) {
        GenericDeleteFilter deletes = new GenericDeleteFilter(table.io(), input, table.schema(), schema);
        try (CloseableIterable<Record> rows = deletes.filter(read(input, deletes.requiredSchema()))) {
            for (Record row : rows) {
                tally.add(row);
                output.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + input.file().location(), e);
        }
    }

    private CloseableIterable<Record> read(FileScanTask input, Schema projection) {
        FileFormat format = input.file().format();
        if (format != FileFormat.PARQUET && format != FileFormat.AVRO) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Cannot rewrite %s: expected Parquet or Avro but found %s"
                            .formatted(input.file().location(), format));
        }
        Map<Integer, ?> constants = PartitionUtil.constantsMap(input, IdentityPartitionConverters::convertConstant);
        ReadBuilder<Record, Schema> reader = FormatModelRegistry.<Record, Schema>readBuilder(
                        format,
                        Record.class,
                        table.io()
                                .newInputFile(
                                        input.file().location(), input.file().fileSizeInBytes()))
                .project(projection)
                .idToConstant(constants);
        String nameMapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
        if (nameMapping != null) {
            reader = reader.withNameMapping(NameMappingParser.fromJson(nameMapping));
        }
        return reader.build();
    }

    /** Counts what was written, to compare with what the files say of themselves. */
    private static final class RowTally {
        private final List<NestedField> columns;
        private final long[] nulls;
        private long rows;

        private RowTally(Schema schema) {
            columns = schema.columns();
            nulls = new long[columns.size()];
        }

        private void add(Record row) {
            rows++;
            for (int column = 0; column < nulls.length; column++) {
                if (row.get(column) == null) {
                    nulls[column]++;
                }
            }
        }

        private void verify(String tableName, List<DataFile> files) {
            long written = files.stream().mapToLong(DataFile::recordCount).sum();
            if (written != rows) {
                throw new TarnException(
                        ErrorKind.INTERNAL,
                        "Compaction of %s stopped before the commit: expected %d rows in its outputs but found %d"
                                .formatted(tableName, rows, written));
            }
            for (int column = 0; column < nulls.length; column++) {
                NestedField field = columns.get(column);
                if (field.type().isPrimitiveType()) {
                    verifyNulls(tableName, files, field, nulls[column]);
                }
            }
        }

        private static void verifyNulls(String tableName, List<DataFile> files, NestedField field, long expected) {
            long counted = 0;
            for (DataFile file : files) {
                Map<Integer, Long> counts = file.nullValueCounts();
                Long count = counts == null ? null : counts.get(field.fieldId());
                if (count == null) {
                    // The table's metrics mode does not count this column.
                    return;
                }
                counted += count;
            }
            if (!files.isEmpty() && counted != expected) {
                throw new TarnException(
                        ErrorKind.INTERNAL,
                        "Compaction of %s stopped before the commit: expected %d nulls in column '%s' but found %d"
                                .formatted(tableName, expected, field.name(), counted));
            }
        }
    }
}
