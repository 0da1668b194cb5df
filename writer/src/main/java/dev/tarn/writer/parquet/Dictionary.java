package dev.tarn.writer.parquet;

/** The distinct values of a column in a row group, numbered in the order they came. Confined to one thread at a time. */
interface Dictionary {
    /** Numbers values of a page, adding those that are new; indexes go to the same places of {@code indexes}. */
    void index(PageBuffer page, int from, int to, int[] indexes);

    /** Distinct values. */
    int size();

    /** Forgets the newest values; nothing may be added afterwards. */
    void truncate(int size);

    /** Size in plain encoding, in bytes. */
    long plainBytes();

    /** Memory that is held, in bytes. */
    long allocatedBytes();

    /** All values in plain encoding. */
    void encode(ByteSink out);

    /** An empty dictionary for columns of a type. */
    static Dictionary of(LeafColumn leaf) {
        return switch (leaf.physical()) {
            case INT, FLOAT -> new NumberDictionary(Integer.BYTES);
            case LONG, DOUBLE -> new NumberDictionary(Long.BYTES);
            case BYTES -> new BytesDictionary(0);
            case FIXED -> new BytesDictionary(leaf.fixedLength());
            case BOOLEAN -> throw new IllegalArgumentException("booleans have no dictionary");
        };
    }
}
