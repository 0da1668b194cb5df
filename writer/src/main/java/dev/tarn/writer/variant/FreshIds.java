package dev.tarn.writer.variant;

/** Field ids for the parts of variants, which have none in the schema. Not thread-safe. */
final class FreshIds {
    private final int highestGiven;
    private int last;

    FreshIds(int highestGiven) {
        this.highestGiven = highestGiven;
        this.last = highestGiven;
    }

    int next() {
        return ++last;
    }

    int highestGiven() {
        return highestGiven;
    }
}
