package dev.tarn.maintenance;

/** Hears how far a run has come. Called on the thread of the run; an exception thrown here ends the run. */
@FunctionalInterface
public interface MaintenanceProgress {
    /**
     * One more step is done.
     *
     * @param unit what is counted, such as {@code groups} or {@code files}
     * @param done how many are finished
     * @param total how many there are
     */
    void report(String unit, long done, long total);

    /** Hears nothing. */
    static MaintenanceProgress silent() {
        return (unit, done, total) -> {};
    }
}
