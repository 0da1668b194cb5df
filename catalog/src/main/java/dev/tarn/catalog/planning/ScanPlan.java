package dev.tarn.catalog.planning;

import java.util.List;

/**
 * What planning a range gave.
 *
 * @param tasks files to read now
 * @param rest ranges that are left to be planned
 */
record ScanPlan(List<Task> tasks, List<ScanRange> rest) {
    ScanPlan {
        tasks = List.copyOf(tasks);
        rest = List.copyOf(rest);
    }

    /**
     * A data file to read.
     *
     * @param scan its manifest
     * @param row its entry there
     * @param deletes what applies to it
     */
    record Task(ManifestScan scan, int row, List<DeleteIndex.Entry> deletes) {
        Task {
            deletes = List.copyOf(deletes);
        }
    }
}
