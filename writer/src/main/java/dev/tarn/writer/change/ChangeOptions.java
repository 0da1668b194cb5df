package dev.tarn.writer.change;

import dev.tarn.common.DataSize;
import dev.tarn.writer.files.FileLimits;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How keyed changes are written.
 *
 * @param branch where they will be committed; rows that are replaced are looked for there
 * @param rowDeletes how replaced and removed rows are taken out
 * @param sequenceColumn among changes with equal keys the largest value of this column wins, not the last one
 * @param keyIndex local folder of the key index; without it the key columns of the table are read
 * @param limits of the data files; half of their memory budget is for the keys of the call
 */
public record ChangeOptions(
        String branch,
        RowDeletes rowDeletes,
        Optional<String> sequenceColumn,
        Optional<Path> keyIndex,
        FileLimits limits) {
    /** The same, with another sequence column or none. */
    public ChangeOptions withSequenceColumn(Optional<String> column) {
        return new ChangeOptions(branch, rowDeletes, column, keyIndex, limits);
    }

    /** Memory for keys. */
    DataSize keyBudget() {
        return new DataSize(Math.max(1, limits.memoryBudget().bytes() / 2));
    }

    /** Limits of the files beside the keys. */
    FileLimits fileLimits() {
        return new FileLimits(limits.targetFileSize(), keyBudget(), limits.maxOpenFiles());
    }
}
