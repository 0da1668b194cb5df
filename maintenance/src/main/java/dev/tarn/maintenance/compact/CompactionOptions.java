package dev.tarn.maintenance.compact;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.RewriteJobOrder;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.PropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * Which files are rewritten, into what, and how it is committed. Made by {@link #of}, which takes the option names that
 * Spark's procedure has.
 *
 * @param targetFileSizeBytes size aimed at
 * @param minFileSizeBytes smaller files are candidates
 * @param maxFileSizeBytes larger files are candidates
 * @param minInputFiles a group of at least this many small files is rewritten
 * @param maxFileGroupSizeBytes bytes that one group reads at most
 * @param rewriteAll every file is rewritten, whatever its size
 * @param deleteFileThreshold a file with at least this many delete files is rewritten
 * @param deleteRatioThreshold a file with at least this share of rows deleted is rewritten; rows of equality deletes
 *     count in full, because only reading could tell how many they match
 * @param partialProgress whether finished groups are committed before all are finished
 * @param maxCommits commits at most, with partial progress
 * @param useStartingSequenceNumber whether outputs keep the sequence number of the planned snapshot, so that equality
 *     deletes committed meanwhile still apply to them
 * @param jobOrder which groups come first
 * @param outputSpecId partition spec of the outputs
 * @param where only files that may hold matching rows are rewritten
 * @param branch the branch that is read and committed to
 */
public record CompactionOptions(
        long targetFileSizeBytes,
        long minFileSizeBytes,
        long maxFileSizeBytes,
        int minInputFiles,
        long maxFileGroupSizeBytes,
        boolean rewriteAll,
        int deleteFileThreshold,
        double deleteRatioThreshold,
        boolean partialProgress,
        int maxCommits,
        boolean useStartingSequenceNumber,
        RewriteJobOrder jobOrder,
        int outputSpecId,
        Expression where,
        String branch) {
    private static final long DEFAULT_MAX_GROUP_BYTES = 100L * 1024 * 1024 * 1024;

    /** Refuses sizes that are out of order and counts below 1. */
    public CompactionOptions {
        require(
                0 <= minFileSizeBytes
                        && minFileSizeBytes < targetFileSizeBytes
                        && targetFileSizeBytes < maxFileSizeBytes,
                "sizes must satisfy 0 <= min-file-size-bytes < target-file-size-bytes < max-file-size-bytes but were %d, %d, %d"
                        .formatted(minFileSizeBytes, targetFileSizeBytes, maxFileSizeBytes));
        require(minInputFiles >= 1, "min-input-files must be at least 1 but was " + minInputFiles);
        require(
                maxFileGroupSizeBytes >= 1,
                "max-file-group-size-bytes must be at least 1 but was " + maxFileGroupSizeBytes);
        require(deleteFileThreshold >= 1, "delete-file-threshold must be at least 1 but was " + deleteFileThreshold);
        require(
                deleteRatioThreshold > 0 && deleteRatioThreshold <= 1,
                "delete-ratio-threshold must be above 0 and at most 1 but was " + deleteRatioThreshold);
        require(maxCommits >= 1, "partial-progress.max-commits must be at least 1 but was " + maxCommits);
    }

    /**
     * The options for a table: its properties, then the given options.
     *
     * @param given option names as Spark's {@code rewrite_data_files} has them; an unknown name is refused
     */
    public static CompactionOptions of(Table table, Map<String, String> given) {
        Map<String, String> rest = new HashMap<>(given);
        long tableTarget = PropertyUtil.propertyAsLong(
                table.properties(),
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
        long target = number(rest, "target-file-size-bytes", tableTarget);
        CompactionOptions options = new CompactionOptions(
                target,
                number(rest, "min-file-size-bytes", (long) (target * 0.75)),
                number(rest, "max-file-size-bytes", (long) (target * 1.8)),
                (int) number(rest, "min-input-files", 5),
                number(rest, "max-file-group-size-bytes", DEFAULT_MAX_GROUP_BYTES),
                flag(rest, "rewrite-all", false),
                (int) number(rest, "delete-file-threshold", Integer.MAX_VALUE),
                ratio(rest, "delete-ratio-threshold", 0.3),
                flag(rest, "partial-progress.enabled", false),
                (int) number(rest, "partial-progress.max-commits", 10),
                flag(rest, "use-starting-sequence-number", true),
                order(rest.remove("rewrite-job-order")),
                (int) number(rest, "output-spec-id", table.spec().specId()),
                Expressions.alwaysTrue(),
                rest.getOrDefault("branch", SnapshotRef.MAIN_BRANCH));
        rest.remove("branch");
        require(
                rest.isEmpty(),
                "unknown compaction options " + rest.keySet().stream().sorted().toList());
        require(
                table.specs().containsKey(options.outputSpecId),
                "output-spec-id must be one of %s but was %d"
                        .formatted(table.specs().keySet(), options.outputSpecId));
        return options;
    }

    /** The same options, for files that may hold rows which match. */
    public CompactionOptions withWhere(Expression filter) {
        return new CompactionOptions(
                targetFileSizeBytes,
                minFileSizeBytes,
                maxFileSizeBytes,
                minInputFiles,
                maxFileGroupSizeBytes,
                rewriteAll,
                deleteFileThreshold,
                deleteRatioThreshold,
                partialProgress,
                maxCommits,
                useStartingSequenceNumber,
                jobOrder,
                outputSpecId,
                filter,
                branch);
    }

    private static RewriteJobOrder order(@Nullable String name) {
        try {
            return name == null ? RewriteJobOrder.NONE : RewriteJobOrder.fromName(name);
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "rewrite-job-order must be one of none, bytes-asc, bytes-desc, files-asc, files-desc but was '%s'"
                            .formatted(name),
                    e);
        }
    }

    private static long number(Map<String, String> rest, String key, long byDefault) {
        String text = rest.remove(key);
        try {
            long value = text == null ? byDefault : Long.parseLong(text.strip());
            boolean isCount = !key.endsWith("-bytes");
            require(
                    !isCount || value <= Integer.MAX_VALUE,
                    "%s must be at most %d but was %d".formatted(key, Integer.MAX_VALUE, value));
            return value;
        } catch (NumberFormatException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "%s must be a whole number but was '%s'".formatted(key, text), e);
        }
    }

    private static double ratio(Map<String, String> rest, String key, double byDefault) {
        String text = rest.remove(key);
        try {
            return text == null ? byDefault : Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new TarnException(ErrorKind.INVALID, "%s must be a number but was '%s'".formatted(key, text), e);
        }
    }

    private static boolean flag(Map<String, String> rest, String key, boolean byDefault) {
        String text = rest.remove(key);
        if (text == null) {
            return byDefault;
        }
        String value = text.strip().toLowerCase(Locale.ROOT);
        require(
                value.equals("true") || value.equals("false"),
                "%s must be true or false but was '%s'".formatted(key, text));
        return value.equals("true");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new TarnException(ErrorKind.INVALID, message);
        }
    }
}
