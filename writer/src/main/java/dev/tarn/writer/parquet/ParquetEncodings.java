package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.apache.parquet.column.Encoding;

/** Which encodings a file may use. */
public enum ParquetEncodings {
    /**
     * Version 2 pages, except below lists and maps; deltas for whole numbers and text, split byte streams for floating point, dictionaries. What is
     * smallest is found out for each column and row group. Read by Iceberg 1.11, Spark 3.5, Trino, DuckDB, Arrow and later.
     */
    MODERN,
    /** Version 1 pages with plain and dictionary encoding, which every reader of Parquet understands. */
    COMPATIBLE;

    /** The encoding of pages that refer to a dictionary. */
    @SuppressWarnings("deprecation") // Old readers know only the old name.
    Encoding dictionaryIndexes() {
        return this == MODERN ? Encoding.RLE_DICTIONARY : Encoding.PLAIN_DICTIONARY;
    }

    /** The encoding of dictionaries. */
    @SuppressWarnings("deprecation") // Old readers know only the old name.
    Encoding dictionaryEntries() {
        return this == MODERN ? Encoding.PLAIN : Encoding.PLAIN_DICTIONARY;
    }

    static ParquetEncodings of(String property, String value) {
        for (ParquetEncodings encodings : values()) {
            if (encodings.name().equalsIgnoreCase(value)) {
                return encodings;
            }
        }
        throw new TarnException(
                ErrorKind.INVALID,
                "Table property %s must be modern or compatible but is '%s'".formatted(property, value));
    }
}
