package dev.tarn.writer.contract.check;

import java.util.List;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Types;

/** Keys of any columns, each as a fingerprint of 128 bits. */
final class FingerprintedKeys implements SeenKeys {
    private final KeyFingerprints fingerprints;
    private final FingerprintSet keys = new FingerprintSet();

    FingerprintedKeys(List<String> paths, List<Types.NestedField> fields, long seed) {
        this.fingerprints = new KeyFingerprints(paths, fields, seed);
    }

    @Override
    public int add(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        if (!fingerprints.moveTo(batch)) {
            return 0;
        }
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (fingerprints.take(row) && !keys.add(fingerprints.high(), fingerprints.low())) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    @Override
    public boolean contains(StructLike row) {
        return fingerprints.take(row) && keys.contains(fingerprints.high(), fingerprints.low());
    }

    @Override
    public int size() {
        return keys.size();
    }

    @Override
    public long bytes() {
        return keys.bytes();
    }
}
