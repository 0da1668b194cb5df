package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.metrics.CommitReport;
import org.apache.iceberg.metrics.CounterResult;
import org.apache.iceberg.metrics.ScanReport;
import org.apache.iceberg.metrics.TimerResult;
import org.apache.iceberg.rest.requests.ReportMetricsRequest;
import org.jspecify.annotations.Nullable;

/**
 * What clients report about their scans and commits: checked, counted, and made short. No label takes a value that a client
 * can choose. Thread-safe.
 */
final class MetricsReports {
    /** The operations that Iceberg defines; everything else is counted as one. */
    private static final Set<String> OPERATIONS = Set.of("append", "replace", "overwrite", "delete");

    private final MeterRegistry metrics;

    MetricsReports(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /**
     * Counts a report.
     *
     * @return what is worth keeping of it, without the filter, which holds values of rows
     * @throws BadRequestException if it counts below zero
     */
    ObjectNode count(ReportMetricsRequest request) {
        ObjectNode summary = Json.object();
        if (request.report() instanceof ScanReport scan) {
            scan(scan, summary);
        } else if (request.report() instanceof CommitReport commit) {
            commit(commit, summary);
        } else {
            summary.put("report-type", "unknown");
            record("unknown", "none", null, summary);
        }
        return summary;
    }

    /** Counts a report that could not be passed on. */
    void countLost() {
        Counter.builder("tarn.catalog.reports.lost")
                .description("Metrics reports of clients that came faster than they could be written")
                .register(metrics)
                .increment();
    }

    private void scan(ScanReport scan, ObjectNode summary) {
        summary.put("report-type", "scan-report");
        summary.put("snapshot-id", scan.snapshotId());
        summary.put("schema-id", scan.schemaId());
        long files = value("result-data-files", scan.scanMetrics().resultDataFiles(), summary);
        value("result-delete-files", scan.scanMetrics().resultDeleteFiles(), summary);
        value("skipped-data-files", scan.scanMetrics().skippedDataFiles(), summary);
        value("total-file-size-in-bytes", scan.scanMetrics().totalFileSizeInBytes(), summary);
        record("scan", "none", scan.scanMetrics().totalPlanningDuration(), summary);
        files("tarn.catalog.reported.planned.files", "Data files that clients planned to read", "none", files);
    }

    private void commit(CommitReport commit, ObjectNode summary) {
        String operation = OPERATIONS.contains(commit.operation().toLowerCase(Locale.ROOT))
                ? commit.operation().toLowerCase(Locale.ROOT)
                : "other";
        summary.put("report-type", "commit-report");
        summary.put("snapshot-id", commit.snapshotId());
        summary.put("sequence-number", commit.sequenceNumber());
        summary.put("operation", operation);
        value("attempts", commit.commitMetrics().attempts(), summary);
        long files = value("added-data-files", commit.commitMetrics().addedDataFiles(), summary);
        value("removed-data-files", commit.commitMetrics().removedDataFiles(), summary);
        value("added-records", commit.commitMetrics().addedRecords(), summary);
        record("commit", operation, commit.commitMetrics().totalDuration(), summary);
        files("tarn.catalog.reported.added.files", "Data files that clients committed", operation, files);
    }

    private void record(String type, String operation, @Nullable TimerResult took, ObjectNode summary) {
        if (took != null && took.totalDuration().isNegative()) {
            throw new BadRequestException("A metrics report must not have negative durations");
        }
        Timer timer = Timer.builder("tarn.catalog.reports")
                .description("Metrics reports of clients, and how long what they report took")
                .tag("type", type)
                .tag("operation", operation)
                .register(metrics);
        if (took == null) {
            timer.record(Duration.ZERO);
            return;
        }
        summary.put("duration-ms", took.totalDuration().toMillis());
        timer.record(took.totalDuration());
    }

    private void files(String name, String description, String operation, long files) {
        Counter.builder(name)
                .description(description)
                .tag("operation", operation)
                .register(metrics)
                .increment((double) files);
    }

    private static long value(String name, @Nullable CounterResult counter, ObjectNode summary) {
        if (counter == null) {
            return 0;
        }
        if (counter.value() < 0) {
            throw new BadRequestException("Metric '%s' of a report must not be negative", name);
        }
        summary.put(name, counter.value());
        return counter.value();
    }
}
