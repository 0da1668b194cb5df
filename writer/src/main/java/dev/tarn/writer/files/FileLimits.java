package dev.tarn.writer.files;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/**
 * How large files may get and how much is held open.
 *
 * @param targetFileSize compressed size at which a data file is finished and the next one begun
 * @param memoryBudget bytes of memory for waiting rows and unfinished row groups together, over all open files
 * @param maxOpenFiles data files open at once; at least 1
 * @param spillFolder local folder for rows that wait beyond the memory budget
 * @param spillLimit bytes that may lie in the spill folder
 */
public record FileLimits(
        DataSize targetFileSize, DataSize memoryBudget, int maxOpenFiles, Path spillFolder, DataSize spillLimit) {
    /** Memory by default. */
    public static final DataSize DEFAULT_MEMORY_BUDGET = DataSize.ofMegabytes(256);

    /** Open files by default: each holds page buffers for every column, and one connection on object stores. */
    public static final int DEFAULT_MAX_OPEN_FILES = 128;

    /** Spilled rows by default: uncompressed, so a tenth or so of this as Parquet. */
    public static final DataSize DEFAULT_SPILL_LIMIT = DataSize.ofMegabytes(64 * 1024);

    /** Rows after which size and memory are looked at again; a file overshoots its target by no more than these. */
    private static final int MAX_STEP_ROWS = 65_536;

    /** The same for files of which so many rows could be a large part. */
    private static final int SMALL_STEP_ROWS = 8_192;

    private static final DataSize SMALL_FILE = DataSize.ofMegabytes(64);

    /** The share of the budget that rows of one step may take, so that growing vectors stay far from the budget. */
    private static final int STEPS_PER_BUDGET = 32;

    /** Refuses limits below one. */
    public FileLimits {
        if (targetFileSize.bytes() < 1 || memoryBudget.bytes() < 1 || maxOpenFiles < 1) {
            throw new IllegalArgumentException("limits must be at least 1 but were %s, %s and %d open files"
                    .formatted(targetFileSize, memoryBudget, maxOpenFiles));
        }
    }

    /** Limits with the system's temporary folder to spill to. */
    public FileLimits(DataSize targetFileSize, DataSize memoryBudget, int maxOpenFiles) {
        this(targetFileSize, memoryBudget, maxOpenFiles, defaultSpillFolder(), DEFAULT_SPILL_LIMIT);
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

    /** The system's temporary folder. */
    public static Path defaultSpillFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Rows of a batch that are handled before memory is looked at again. */
    int rowsOfOneStep(long batchBytes, int batchRows) {
        long rowBytes = Math.max(1, batchBytes / Math.max(1, batchRows));
        long most = targetFileSize.compareTo(SMALL_FILE) < 0 ? SMALL_STEP_ROWS : MAX_STEP_ROWS;
        return (int) Math.max(1, Math.min(most, memoryBudget.bytes() / STEPS_PER_BUDGET / rowBytes));
    }

    /**
     * Waiting rows above which they leave the memory: a fifth of the budget, since vectors double when they grow and the
     * old half is freed last; and no more than 512 MB, far from the 2 GB at which the offsets of a vector end.
     */
    long waitingBytes() {
        return Math.min(memoryBudget.bytes() / 5, 512L << 20);
    }

    /** Unfinished row groups above which no further file takes rows as they come: two fifths of the budget. */
    long openBytes() {
        return memoryBudget.bytes() / 5 * 2;
    }

    /** A row group is ended early for memory only above this size, as tiny ones make slow files. */
    long smallestRowGroupBytes() {
        return memoryBudget.bytes() / 32;
    }

    /** What a merge holds of each run. */
    long spillBlockBytes() {
        return Math.max(16L << 10, Math.min(512L << 10, memoryBudget.bytes() / 512));
    }

    private static TarnException bad(String value, Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Table property %s must be a positive number of bytes but is '%s'"
                        .formatted(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, value),
                cause);
    }
}
