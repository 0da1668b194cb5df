package dev.tarn.bench.writer;

/**
 * One measured figure of the library as a whole.
 *
 * @param what was done
 * @param amount how much of it
 * @param unit what the amount counts
 * @param wallSeconds how long it took
 * @param cpuSeconds processor time of this process, without those of the servers
 * @param note what else was seen
 */
record Figure(String what, double amount, String unit, double wallSeconds, double cpuSeconds, String note) {
    double perSecond() {
        return amount / wallSeconds;
    }
}
