package dev.tarn.maintenance;

/** How a maintenance run ended, when it did not fail: each value has its own exit code. */
public enum MaintenanceStatus {
    /** Everything that was planned was done. */
    DONE,
    /** The plan was empty, so that the table was not touched. */
    NOTHING_TO_DO,
    /** Some of the plan was done and is kept; the rest was not. */
    PARTIAL
}
