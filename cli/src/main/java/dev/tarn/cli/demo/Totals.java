package dev.tarn.cli.demo;

/**
 * Three numbers that tell whether rows were lost, doubled or changed.
 *
 * @param rows how many rows
 * @param delay sum of the delays, in minutes
 * @param distance sum of the distances, in miles
 */
record Totals(long rows, long delay, long distance) {
    static final Totals NONE = new Totals(0, 0, 0);

    Totals plus(Totals other) {
        return new Totals(rows + other.rows, delay + other.delay, distance + other.distance);
    }

    Totals minus(Totals other) {
        return new Totals(rows - other.rows, delay - other.delay, distance - other.distance);
    }
}
