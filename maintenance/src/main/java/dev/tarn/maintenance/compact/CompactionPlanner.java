package dev.tarn.maintenance.compact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteJobOrder;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Decides what is rewritten; changes nothing. A group is chosen for its size only if it comes out as fewer files (or,
 * for files that are too large, as more), so that repeated runs of the same options always come to an end: the run after
 * a complete one finds nothing. {@code rewrite-all} is the exception, because it is a command. Thread-safe.
 */
public final class CompactionPlanner {
    private CompactionPlanner() {}

    /** The plan for the newest snapshot of the options' branch, as the table was last loaded. Reads manifests only. */
    public static CompactionPlan plan(Table table, CompactionOptions options) {
        Snapshot head = SnapshotFiles.head(table, options.branch());
        if (head == null) {
            return new CompactionPlan(table.name(), CompactionPlan.NO_SNAPSHOT, List.of());
        }
        Map<PartitionOfSpec, List<FileScanTask>> candidates = candidates(table, head.snapshotId(), options);
        List<CompactionGroup> groups = new ArrayList<>();
        candidates.forEach((partition, tasks) -> {
            for (List<FileScanTask> bin : bins(tasks, options.maxFileGroupSizeBytes())) {
                groups.add(decide(partition, bin, options));
            }
        });
        order(options.jobOrder()).ifPresent(groups::sort);
        return new CompactionPlan(table.name(), head.snapshotId(), groups);
    }

    private record PartitionOfSpec(int specId, String path) implements Comparable<PartitionOfSpec> {
        @Override
        public int compareTo(PartitionOfSpec other) {
            return Comparator.comparingInt(PartitionOfSpec::specId)
                    .thenComparing(PartitionOfSpec::path)
                    .compare(this, other);
        }
    }

    private static Map<PartitionOfSpec, List<FileScanTask>> candidates(
            Table table, long snapshotId, CompactionOptions options) {
        boolean everything = options.where().op() == Expression.Operation.TRUE;
        Set<String> matching = everything ? Set.of() : SnapshotFiles.matching(table, snapshotId, options.where());
        Map<PartitionOfSpec, List<FileScanTask>> candidates = new TreeMap<>();
        SnapshotFiles.tasks(table, snapshotId, location -> everything || matching.contains(location)).values().stream()
                .filter(task -> isCandidate(task, options))
                .sorted(Comparator.comparing(task -> task.file().location()))
                .forEach(task -> candidates
                        .computeIfAbsent(
                                new PartitionOfSpec(
                                        task.spec().specId(),
                                        task.spec().partitionToPath(task.file().partition())),
                                key -> new ArrayList<>())
                        .add(task));
        return candidates;
    }

    private static boolean isCandidate(FileScanTask task, CompactionOptions options) {
        long bytes = task.file().fileSizeInBytes();
        return options.rewriteAll()
                || bytes < options.minFileSizeBytes()
                || bytes > options.maxFileSizeBytes()
                || hasManyDeletes(task, options);
    }

    private static boolean hasManyDeletes(FileScanTask task, CompactionOptions options) {
        return task.deletes().size() >= options.deleteFileThreshold()
                || (!task.deletes().isEmpty() && deletedShare(task) >= options.deleteRatioThreshold());
    }

    private static double deletedShare(FileScanTask task) {
        long deleted = 0;
        for (DeleteFile delete : task.deletes()) {
            // A position delete file that serves many data files does not say how many of its rows are for this one.
            if (delete.content() == FileContent.EQUALITY_DELETES || ContentFileUtil.isFileScoped(delete)) {
                deleted += delete.recordCount();
            }
        }
        long records = task.file().recordCount();
        return records == 0 ? 0 : Math.min(1.0, (double) deleted / records);
    }

    private static List<List<FileScanTask>> bins(List<FileScanTask> tasks, long maxBytes) {
        List<List<FileScanTask>> bins = new ArrayList<>();
        List<FileScanTask> open = new ArrayList<>();
        long openBytes = 0;
        for (FileScanTask task : tasks) {
            long bytes = task.file().fileSizeInBytes();
            if (!open.isEmpty() && openBytes + bytes > maxBytes) {
                bins.add(open);
                open = new ArrayList<>();
                openBytes = 0;
            }
            open.add(task);
            openBytes += bytes;
        }
        bins.add(open);
        return bins;
    }

    private static CompactionGroup decide(
            PartitionOfSpec partition, List<FileScanTask> tasks, CompactionOptions options) {
        List<CompactionInput> inputs = tasks.stream()
                .map(task -> new CompactionInput(
                        task.file().location(),
                        task.file().fileSizeInBytes(),
                        task.file().recordCount(),
                        task.deletes().size()))
                .toList();
        int outputs = outputFiles(inputs, options);
        String refusal = refusal(tasks);
        String reason = refusal.isEmpty() ? reasonToRewrite(tasks, inputs, outputs, options) : refusal;
        boolean isSkipped = !refusal.isEmpty() || reason.isEmpty();
        return new CompactionGroup(
                partition.specId(),
                partition.path(),
                isSkipped ? Tier.SKIP : Tier.ROWS,
                reason.isEmpty()
                        ? "%d files that would not become fewer, or too few of them".formatted(inputs.size())
                        : reason,
                isSkipped ? 0 : outputs,
                inputs);
    }

    private static String refusal(List<FileScanTask> tasks) {
        for (FileScanTask task : tasks) {
            FileFormat format = task.file().format();
            if (format != FileFormat.PARQUET && format != FileFormat.AVRO) {
                return "files of format " + format + " cannot be read";
            }
            boolean hasEncryptedDelete = task.deletes().stream().anyMatch(delete -> delete.keyMetadata() != null);
            if (task.file().keyMetadata() != null || hasEncryptedDelete) {
                return "encrypted files cannot be read";
            }
        }
        return "";
    }

    private static String reasonToRewrite(
            List<FileScanTask> tasks, List<CompactionInput> inputs, int outputs, CompactionOptions options) {
        if (options.rewriteAll()) {
            return "rewrite-all";
        }
        long withManyDeletes =
                tasks.stream().filter(task -> hasManyDeletes(task, options)).count();
        if (withManyDeletes > 0) {
            return "%d of %d files have many deletes".formatted(withManyDeletes, inputs.size());
        }
        long bytes = inputs.stream().mapToLong(CompactionInput::bytes).sum();
        boolean isEnough = inputs.size() >= options.minInputFiles() || bytes > options.targetFileSizeBytes();
        if (inputs.size() > 1 && isEnough && outputs < inputs.size()) {
            return "%d files become %d".formatted(inputs.size(), outputs);
        }
        long tooLarge = inputs.stream()
                .filter(input -> input.bytes() > options.maxFileSizeBytes() && input.records() > 1)
                .count();
        if (tooLarge > 0 && outputs > inputs.size()) {
            return "%d of %d files are too large".formatted(tooLarge, inputs.size());
        }
        return "";
    }

    /** Even cuts near the target: one file more than fits exactly, unless that made all of them too small. */
    private static int outputFiles(List<CompactionInput> inputs, CompactionOptions options) {
        long bytes = inputs.stream().mapToLong(CompactionInput::bytes).sum();
        long records = inputs.stream().mapToLong(CompactionInput::records).sum();
        long fullFiles = bytes / options.targetFileSizeBytes();
        long files = bytes % options.targetFileSizeBytes() == 0 ? fullFiles : fullFiles + 1;
        if (fullFiles > 0 && bytes / files < options.minFileSizeBytes()) {
            files = fullFiles;
        }
        return (int) Math.max(1, Math.min(Math.min(files, records), Integer.MAX_VALUE));
    }

    private static Optional<Comparator<CompactionGroup>> order(RewriteJobOrder order) {
        Comparator<CompactionGroup> byBytes = Comparator.comparingLong(CompactionGroup::bytes);
        Comparator<CompactionGroup> byFiles =
                Comparator.comparingInt(group -> group.inputs().size());
        return switch (order) {
            case NONE -> Optional.empty();
            case BYTES_ASC -> Optional.of(byBytes);
            case BYTES_DESC -> Optional.of(byBytes.reversed());
            case FILES_ASC -> Optional.of(byFiles);
            case FILES_DESC -> Optional.of(byFiles.reversed());
        };
    }
}
