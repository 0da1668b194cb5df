package dev.tarn.writer.parquet;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** What encoding a page needs for its duration, so that columns and open files need not hold it. Confined to one thread. */
final class EncodingScratch implements AutoCloseable {
    final Shredding shredding = new Shredding();
    final DeltaPacking deltas = new DeltaPacking();
    final ByteSink levels = new ByteSink();
    final ByteSink suffixes = new ByteSink();

    /** The values of the page as they will be written. */
    EncodedValues best = new EncodedValues();

    /** Another form of them that is being tried. */
    EncodedValues trial = new EncodedValues();

    /** Whether {@link #numbers} holds the dictionary indexes of the page. */
    boolean indexed;

    private int[] numbers = new int[0];
    private int[] moreNumbers = new int[0];
    private @Nullable PageCodec codec;
    private @Nullable CompressionCodecName codecName;
    private int codecLevel;

    /** One encoding of a page's values, and the compressed form. */
    static final class EncodedValues {
        Encoding encoding = Encoding.PLAIN;
        final ByteSink raw = new ByteSink();
        final ByteSink packed = new ByteSink();
        boolean compressed;

        int size() {
            return compressed ? packed.size() : raw.size();
        }
    }

    void keepTrial() {
        EncodedValues kept = trial;
        trial = best;
        best = kept;
    }

    /** Room for one number per value: dictionary indexes or lengths. */
    int[] numbers(int count) {
        if (numbers.length < count) {
            numbers = new int[count + count / 4];
        }
        return numbers;
    }

    int[] moreNumbers(int count) {
        if (moreNumbers.length < count) {
            moreNumbers = new int[count + count / 4];
        }
        return moreNumbers;
    }

    /** The codec of a file, made anew only if the last file had another. */
    PageCodec codec(ParquetFileOptions options) {
        PageCodec kept = codec;
        if (kept != null && codecName == options.codec() && codecLevel == options.codecLevel()) {
            return kept;
        }
        close();
        PageCodec made = PageCodec.of(options.codec(), options.codecLevel());
        codec = made;
        codecName = options.codec();
        codecLevel = options.codecLevel();
        return made;
    }

    @Override
    public void close() {
        PageCodec kept = codec;
        if (kept != null) {
            kept.close();
            codec = null;
        }
    }
}
