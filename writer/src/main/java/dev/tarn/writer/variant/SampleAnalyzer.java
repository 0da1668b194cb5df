package dev.tarn.writer.variant;

import java.util.List;
import org.apache.iceberg.parquet.VariantShreddingAnalyzer;
import org.apache.iceberg.variants.VariantValue;

/**
 * Iceberg's own choice of what to shred, so that our files have the columns that files of other writers have: fields in at
 * least a tenth of the sampled values and of one type in all of them, at most 300.
 */
final class SampleAnalyzer extends VariantShreddingAnalyzer<VariantValue, Void> {
    @Override
    protected List<VariantValue> extractVariantValues(List<VariantValue> rows, int column) {
        return rows;
    }

    @Override
    protected int resolveColumnIndex(Void schema, String column) {
        return 0;
    }
}
