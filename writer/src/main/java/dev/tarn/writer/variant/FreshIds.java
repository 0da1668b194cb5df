package dev.tarn.writer.variant;

/** Field ids for the parts of variants, which have none in the schema. Not thread-safe. */
final class FreshIds {
    private int last;

    FreshIds(int highestGiven) {
        this.last = highestGiven;
    }

    int next() {
        return ++last;
    }
}
