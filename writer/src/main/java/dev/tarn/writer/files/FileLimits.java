package dev.tarn.writer.files;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/**
 * How large files may get and how much is held open.
 *
 * @param targetFileSize compressed size at which a data file is finished and the next one begun
 * @param memoryBudget bytes of unfinished row groups held in memory over all open files
 * @param maxOpenFiles data files open at once; at least 1
 */
public record FileLimits(DataSize targetFileSize, DataSize memoryBudget, int maxOpenFiles) {
    /** Memory of unfinished row groups by default. */
    public static final DataSize DEFAULT_MEMORY_BUDGET = DataSize.ofMegabytes(256);

    /** Open files by default: each holds page buffers for every column, and one connection on object stores. */
    public static final int DEFAULT_MAX_OPEN_FILES = 128;

    /** Rows after which the size of a file is looked at again; a file overshoots its target by no more than these. */
    private static final int ROWS_BETWEEN_SIZE_CHECKS = 8_192;

    /** Refuses limits below one. */
    public FileLimits {
        if (targetFileSize.bytes() < 1 || memoryBudget.bytes() < 1 || maxOpenFiles < 1) {
            throw new IllegalArgumentException("limits must be at least 1 but were %s, %s and %d open files"
                    .formatted(targetFileSize, memoryBudget, maxOpenFiles));
        }
    }

    /**
     * Limits with the table's own target file size and the default budget.
     *
     * @throws TarnException INVALID if the property is no positive number
     */
    public static FileLimits of(Table table) {
        return new FileLimits(targetFileSize(table), DEFAULT_MEMORY_BUDGET, DEFAULT_MAX_OPEN_FILES);
    }

    /** The value of {@code write.target-file-size-bytes}, or Iceberg's default. */
    public static DataSize targetFileSize(Table table) {
        String value = table.properties().get(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES);
        if (value == null) {
            return new DataSize(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
        }
        try {
            long bytes = Long.parseLong(value);
            if (bytes > 0) {
                return new DataSize(bytes);
            }
        } catch (NumberFormatException e) {
            throw bad(value, e);
        }
        throw bad(value, new IllegalArgumentException("not positive"));
    }

    int rowsBetweenSizeChecks() {
        return ROWS_BETWEEN_SIZE_CHECKS;
    }

    private static TarnException bad(String value, Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Table property %s must be a positive number of bytes but is '%s'"
                        .formatted(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, value),
                cause);
    }
}
