package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * How a Parquet file is laid out.
 *
 * @param codec compression of pages: zstd, snappy, gzip or uncompressed
 * @param codecLevel level for zstd
 * @param rowGroupBytes compressed size at which a row group ends
 * @param pageBytes size at which a page ends
 * @param pageRows rows after which a page ends
 * @param dictionaryBytes size at which a dictionary is abandoned
 * @param metrics which columns get counts and bounds in the manifest
 * @param encodings which encodings may be used
 * @param columns what differs between columns
 * @param threads how many columns may be encoded at the same time; the threads are shared by all files of the process and
 *     never more than its cores
 * @param shreddingSampleRows rows that are looked at to choose what of a variant gets columns of its own; 0 for nothing
 */
public record ParquetFileOptions(
        CompressionCodecName codec,
        int codecLevel,
        long rowGroupBytes,
        int pageBytes,
        int pageRows,
        int dictionaryBytes,
        MetricsConfig metrics,
        ParquetEncodings encodings,
        ColumnOptions columns,
        int threads,
        int shreddingSampleRows) {
    /** Table property: {@code modern} or {@code compatible}. */
    public static final String ENCODINGS_PROPERTY = "tarn.parquet.encodings";

    /** Table property: how many columns of one file may be encoded at the same time. */
    public static final String THREADS_PROPERTY = "tarn.parquet.threads";

    private static final int DEFAULT_ZSTD_LEVEL = 3;

    /** Refuses sizes that are not positive and codecs that need native Hadoop. */
    public ParquetFileOptions {
        if (rowGroupBytes < 1 || pageBytes < 1 || pageRows < 1 || dictionaryBytes < 1) {
            throw new IllegalArgumentException(
                    "sizes must be at least 1 but were row group %d, page %d, page rows %d, dictionary %d"
                            .formatted(rowGroupBytes, pageBytes, pageRows, dictionaryBytes));
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1 but was " + threads);
        }
        if (shreddingSampleRows < 0) {
            throw new IllegalArgumentException("shreddingSampleRows must be at least 0 but was " + shreddingSampleRows);
        }
        switch (codec) {
            case ZSTD, SNAPPY, GZIP, UNCOMPRESSED -> {}
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Parquet codec %s cannot be written; use zstd, snappy, gzip or uncompressed".formatted(codec));
        }
    }

    /** Modern encodings, no settings of single columns, as many threads as there are cores, and no shredding. */
    public ParquetFileOptions(
            CompressionCodecName codec,
            int codecLevel,
            long rowGroupBytes,
            int pageBytes,
            int pageRows,
            int dictionaryBytes,
            MetricsConfig metrics) {
        this(
                codec,
                codecLevel,
                rowGroupBytes,
                pageBytes,
                pageRows,
                dictionaryBytes,
                metrics,
                ParquetEncodings.MODERN,
                ColumnOptions.DEFAULTS,
                Runtime.getRuntime().availableProcessors(),
                0);
    }

    /**
     * As the table's properties say, with Iceberg's defaults.
     *
     * @throws TarnException INVALID naming the property, if a value cannot be used
     */
    public static ParquetFileOptions of(Table table) {
        Map<String, String> properties = table.properties();
        return new ParquetFileOptions(
                codec(properties.getOrDefault(
                        TableProperties.PARQUET_COMPRESSION, TableProperties.PARQUET_COMPRESSION_DEFAULT_SINCE_1_4_0)),
                (int) number(properties, TableProperties.PARQUET_COMPRESSION_LEVEL, DEFAULT_ZSTD_LEVEL),
                number(
                        properties,
                        TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES,
                        TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT),
                (int) number(
                        properties,
                        TableProperties.PARQUET_PAGE_SIZE_BYTES,
                        TableProperties.PARQUET_PAGE_SIZE_BYTES_DEFAULT),
                (int) number(
                        properties,
                        TableProperties.PARQUET_PAGE_ROW_LIMIT,
                        TableProperties.PARQUET_PAGE_ROW_LIMIT_DEFAULT),
                (int) number(
                        properties,
                        TableProperties.PARQUET_DICT_SIZE_BYTES,
                        TableProperties.PARQUET_DICT_SIZE_BYTES_DEFAULT),
                MetricsConfig.forTable(table),
                ParquetEncodings.of(
                        ENCODINGS_PROPERTY,
                        properties.getOrDefault(ENCODINGS_PROPERTY, ParquetEncodings.MODERN.name())),
                ColumnOptions.of(properties, (int) number(
                        properties,
                        TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES,
                        TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES_DEFAULT)),
                (int) number(properties, THREADS_PROPERTY, Runtime.getRuntime().availableProcessors()),
                shreddingSampleRows(properties));
    }

    /** The same with other encodings. */
    public ParquetFileOptions withEncodings(ParquetEncodings other) {
        return with(other, columns, threads, shreddingSampleRows);
    }

    /** The same with other settings of single columns. */
    public ParquetFileOptions withColumns(ColumnOptions other) {
        return with(encodings, other, threads, shreddingSampleRows);
    }

    /** The same with another number of threads. */
    public ParquetFileOptions withThreads(int other) {
        return with(encodings, columns, other, shreddingSampleRows);
    }

    /** The same with another number of rows by which the shredding of variants is chosen. */
    public ParquetFileOptions withShreddingSampleRows(int other) {
        return with(encodings, columns, threads, other);
    }

    private ParquetFileOptions with(
            ParquetEncodings newEncodings, ColumnOptions newColumns, int newThreads, int newSampleRows) {
        return new ParquetFileOptions(
                codec,
                codecLevel,
                rowGroupBytes,
                pageBytes,
                pageRows,
                dictionaryBytes,
                metrics,
                newEncodings,
                newColumns,
                newThreads,
                newSampleRows);
    }

    private static int shreddingSampleRows(Map<String, String> properties) {
        String shred = properties.getOrDefault(TableProperties.PARQUET_SHRED_VARIANTS, "false");
        if (!Boolean.parseBoolean(shred)) {
            return 0;
        }
        return (int) number(
                properties,
                TableProperties.PARQUET_VARIANT_BUFFER_SIZE,
                TableProperties.PARQUET_VARIANT_BUFFER_SIZE_DEFAULT);
    }

    private static CompressionCodecName codec(String name) {
        try {
            return CompressionCodecName.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Table property %s must be zstd, snappy, gzip or uncompressed but is '%s'"
                            .formatted(TableProperties.PARQUET_COMPRESSION, name),
                    e);
        }
    }

    private static long number(Map<String, String> properties, String key, long defaultValue) {
        String value = properties.get(key);
        if (value == null) {
            return defaultValue;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Table property %s must be a whole number but is '%s'".formatted(key, value), e);
        }
    }
}
