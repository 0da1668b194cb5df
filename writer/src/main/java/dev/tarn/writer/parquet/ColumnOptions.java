package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.TableProperties;
import org.jspecify.annotations.Nullable;

/**
 * What table properties say about single columns: dictionaries, bounds in pages and bloom filters. Columns are named as in
 * the table, with dots below structs, lists and maps. Immutable.
 *
 * @param properties those whose names end in a column's name
 * @param bloomFilterMaxBytes largest bloom filter of one column in one row group
 * @param bloomFilterSizing how bloom filters get their size, if the number of distinct values is not given
 */
public record ColumnOptions(
        Map<String, String> properties, int bloomFilterMaxBytes, BloomFilterSizing bloomFilterSizing) {
    /** Whatever the table says nothing about. */
    public static final ColumnOptions DEFAULTS = new ColumnOptions(
            Map.of(), TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES_DEFAULT, BloomFilterSizing.LARGEST);

    private static final String[] PREFIXES = {
        TableProperties.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX,
        TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_PREFIX,
        TableProperties.PARQUET_BLOOM_FILTER_COLUMN_NDV_PREFIX,
        TableProperties.PARQUET_DICT_ENCODING_ENABLED_COLUMN_PREFIX,
        TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX,
    };

    /** How large a bloom filter becomes. */
    public enum BloomFilterSizing {
        /** As large as allowed. */
        LARGEST,
        /** Several sizes are filled and the smallest that suffices is written. */
        ADAPTIVE
    }

    /** Copies the map and refuses a size that is not positive. */
    public ColumnOptions {
        properties = Map.copyOf(properties);
        if (bloomFilterMaxBytes < 1) {
            throw new IllegalArgumentException("bloomFilterMaxBytes must be at least 1 but was " + bloomFilterMaxBytes);
        }
    }

    static ColumnOptions of(Map<String, String> table, int bloomFilterMaxBytes) {
        Map<String, String> columns = new HashMap<>();
        table.forEach((key, value) -> {
            for (String prefix : PREFIXES) {
                if (key.startsWith(prefix)) {
                    columns.put(key, value);
                }
            }
        });
        boolean adaptive = Boolean.parseBoolean(
                table.getOrDefault(TableProperties.PARQUET_BLOOM_FILTER_ADAPTIVE_ENABLED, "false"));
        return new ColumnOptions(
                columns, bloomFilterMaxBytes, adaptive ? BloomFilterSizing.ADAPTIVE : BloomFilterSizing.LARGEST);
    }

    boolean dictionary(String column) {
        return flag(TableProperties.PARQUET_DICT_ENCODING_ENABLED_COLUMN_PREFIX + column, "true");
    }

    boolean statistics(String column) {
        return flag(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + column, "true");
    }

    boolean bloomFilter(String column) {
        return flag(TableProperties.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX + column, "false");
    }

    /** The share of absent values that a filter may call present. */
    double bloomFilterFalsePositives(String column) {
        String key = TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_PREFIX + column;
        String value = properties.get(key);
        if (value == null) {
            return TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_DEFAULT;
        }
        try {
            double share = Double.parseDouble(value);
            if (share > 0 && share < 1) {
                return share;
            }
            throw refused(key, "a number between 0 and 1", value, null);
        } catch (NumberFormatException e) {
            throw refused(key, "a number between 0 and 1", value, e);
        }
    }

    /** Distinct values expected in a row group, or 0 if the table does not say. */
    long bloomFilterDistinctValues(String column) {
        String key = TableProperties.PARQUET_BLOOM_FILTER_COLUMN_NDV_PREFIX + column;
        String value = properties.get(key);
        if (value == null) {
            return 0;
        }
        try {
            long distinct = Long.parseLong(value);
            if (distinct > 0) {
                return distinct;
            }
            throw refused(key, "a positive whole number", value, null);
        } catch (NumberFormatException e) {
            throw refused(key, "a positive whole number", value, e);
        }
    }

    private boolean flag(String key, String defaultValue) {
        String value = properties.getOrDefault(key, defaultValue);
        if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(value);
        }
        throw refused(key, "true or false", value, null);
    }

    @SuppressWarnings("NullAway") // A null cause means that there is none.
    private static TarnException refused(
            String key, String expected, String found, @Nullable NumberFormatException cause) {
        return new TarnException(
                ErrorKind.INVALID, "Table property %s must be %s but is '%s'".formatted(key, expected, found), cause);
    }
}
