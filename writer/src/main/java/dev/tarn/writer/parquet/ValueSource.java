package dev.tarn.writer.parquet;

/** Values of one vector that a page can take: many at a time, from positions that are not null. Confined to one thread. */
interface ValueSource {
    /** Adds the values at consecutive positions. */
    void addRange(int first, int count, PageBuffer page);

    /** Adds the values at the first {@code count} positions given. */
    void addAt(int[] positions, int count, PageBuffer page);

    /** About how many bytes {@link #addRange} would add; exact where values differ in length. */
    long rangeBytes(int first, int count);

    /** About how many bytes {@link #addAt} would add; exact where values differ in length. */
    long bytesAt(int[] positions, int count);

    /** Reads value by value. */
    @FunctionalInterface
    interface Reader {
        /** Adds the value at one position. */
        void add(int position, PageBuffer page);
    }

    /** A source that reads value by value, for conversions. */
    static ValueSource oneByOne(int bytesEach, Reader reader) {
        return new ValueSource() {
            @Override
            public void addRange(int first, int count, PageBuffer page) {
                for (int i = 0; i < count; i++) {
                    reader.add(first + i, page);
                }
            }

            @Override
            public void addAt(int[] positions, int count, PageBuffer page) {
                for (int i = 0; i < count; i++) {
                    reader.add(positions[i], page);
                }
            }

            @Override
            public long rangeBytes(int first, int count) {
                return (long) count * bytesEach;
            }

            @Override
            public long bytesAt(int[] positions, int count) {
                return (long) count * bytesEach;
            }
        };
    }
}
