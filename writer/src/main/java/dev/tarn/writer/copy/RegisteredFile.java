package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A Parquet file as a data file of a table, if its footer proves that it fits.
 *
 * @param file what goes into the commit
 * @param mappedByName whether readers need a name mapping, since the file has no field ids
 */
record RegisteredFile(DataFile file, boolean mappedByName) {
    /**
     * Reads the footer and judges it.
     *
     * @throws TarnException INVALID or UNSUPPORTED naming file and column; NOT_FOUND, CORRUPT, UNAVAILABLE
     */
    static RegisteredFile read(Table table, NameMapping mapping, InputFile input, ColumnMapping rules) {
        if (!input.exists()) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s cannot read %s with its own access to storage; move the file to where it can"
                            .formatted(table.name(), input.location()));
        }
        ParquetMetadata footer = ParquetInput.footer(input);
        try {
            return new Judge(table, mapping, input, rules, footer).registered();
        } catch (TarnException e) {
            throw new TarnException(
                    e.kind(),
                    "Cannot register %s: %s; load a copy of its rows instead"
                            .formatted(BadRowException.fileName(input.location()), e.getMessage()),
                    e);
        }
    }

    private static final class Judge {
        private final Table table;
        private final NameMapping mapping;
        private final InputFile input;
        private final ColumnMapping rules;
        private final ParquetMetadata footer;

        Judge(Table table, NameMapping mapping, InputFile input, ColumnMapping rules, ParquetMetadata footer) {
            this.table = table;
            this.mapping = mapping;
            this.input = input;
            this.rules = rules;
            this.footer = footer;
        }

        RegisteredFile registered() {
            MessageType parquet = footer.getFileMetaData().getSchema();
            boolean hasIds = ParquetSchemaUtil.hasIds(parquet);
            MessageType withIds = hasIds ? parquet : ParquetSchemaUtil.applyNameMapping(parquet, mapping);
            Schema found = ParquetSchemaUtil.convertAndPrune(withIds);
            new RegistrationTypes(table.schema()).check(withIds, found, hasIds);
            refuseExtra(parquet, found);
            Optional<NameMapping> used = hasIds ? Optional.empty() : Optional.of(mapping);
            Map<String, String> full = Map.of(TableProperties.DEFAULT_WRITE_METRICS_MODE, "full");
            Metrics exact = metrics(MetricsConfig.from(full, table.schema(), table.sortOrder()), used);
            PartitionProof proof = new PartitionProof(table, found, exact, input.location());
            refuseMissing(found, exact, proof.columnsOfPath());
            DataFiles.Builder builder = DataFiles.builder(table.spec())
                    .withPath(input.location())
                    .withFormat(FileFormat.PARQUET)
                    .withFileSizeInBytes(input.getLength())
                    .withMetrics(metrics(MetricsConfig.forTable(table), used))
                    .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
            if (table.spec().isPartitioned()) {
                builder.withPartition(proof.partition());
            }
            return new RegisteredFile(builder.build(), !hasIds);
        }

        private Metrics metrics(MetricsConfig config, Optional<NameMapping> used) {
            return used.isPresent()
                    ? ParquetUtil.footerMetrics(footer, Stream.empty(), config, used.get())
                    : ParquetUtil.footerMetrics(footer, Stream.empty(), config);
        }

        /** Columns that readers would never see. */
        private void refuseExtra(MessageType parquet, Schema found) {
            Set<String> known =
                    found.columns().stream().map(Types.NestedField::name).collect(Collectors.toSet());
            for (Type column : parquet.getFields()) {
                boolean ofTable = known.contains(column.getName())
                        && table.schema()
                                        .findField(found.findField(column.getName())
                                                .fieldId())
                                != null;
                if (!ofTable && rules.extra() == ColumnMapping.Extra.REFUSE) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "it has a column '%s' that the table lacks; add the column first or ignore extra columns"
                                    .formatted(column.getName()));
                }
            }
        }

        private void refuseMissing(Schema found, Metrics metrics, Set<Integer> ofPath) {
            for (Types.NestedField column : table.schema().columns()) {
                if (column.isOptional() || ofPath.contains(column.fieldId()) || column.initialDefault() != null) {
                    continue;
                }
                Types.NestedField given = found.findField(column.fieldId());
                if (given == null) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "it has nothing for column '%s', which the table requires".formatted(column.name()));
                }
                Long nulls = metrics.nullValueCounts() == null
                        ? null
                        : metrics.nullValueCounts().get(column.fieldId());
                boolean proven = given.isRequired() || (nulls != null && nulls == 0);
                if (!proven) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "column '%s' is required but the footer does not say that it has no nulls"
                                    .formatted(column.name()));
                }
            }
        }
    }
}
