package dev.tarn.flight.scan;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A data file to be read, with all that decides how.
 *
 * @param file the data file
 * @param facts its columns
 * @param constants values of identity partition columns that the file lacks, by field id; null values are left out
 * @param deleted positions of deleted rows; null where there are none
 * @param equalityDeletes equality delete files that apply to it
 */
record PlannedFile(
        DataFile file,
        FooterFacts facts,
        Map<Integer, String> constants,
        @Nullable RoaringBitmap deleted,
        List<DeleteFile> equalityDeletes) {
    /** Files with equal keys can be read by one call of the engine's reader. */
    record GroupKey(boolean hasDeleted, Set<String> equalityDeletes, Map<Integer, String> constants, String alone) {}

    GroupKey groupKey() {
        Set<String> deletes =
                equalityDeletes.stream().map(DeleteFile::location).collect(Collectors.toUnmodifiableSet());
        // A file without field ids is mapped by its own names and so stands alone.
        return new GroupKey(deleted != null, deletes, constants, facts.hasFieldIds() ? "" : file.location());
    }
}
