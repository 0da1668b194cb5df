package dev.tarn.writer.contract.check;

import java.security.SecureRandom;
import java.util.List;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Types;

/** The distinct keys of the rows that went by. Keys with a null are no keys. Confined to one thread. */
public interface SeenKeys {
    /**
     * For the columns of a table.
     *
     * @param paths of the columns, in the order of {@code fields}
     * @throws dev.tarn.common.TarnException INVALID for columns that are not primitive
     */
    static SeenKeys of(List<String> paths, List<Types.NestedField> fields) {
        // A new seed for every load: nobody can prepare keys that share a fingerprint or a slot.
        long seed = new SecureRandom().nextLong();
        return fields.size() == 1 && Literals.isLong(fields.get(0).type())
                ? new WholeKeys(paths.get(0), seed)
                : new FingerprintedKeys(paths, fields, seed);
    }

    /**
     * Adds the keys of a batch and marks rows whose key was there already.
     *
     * @param rows row numbers, of which the first {@code count} are looked at
     * @return how many were marked
     */
    int add(BatchColumns batch, int[] rows, int count, RowMarks marks);

    /** Whether the key of a row that has the columns in Iceberg's internal representation is there. */
    boolean contains(StructLike row);

    /** How many there are. */
    int size();

    /** Memory that is used. */
    long bytes();
}
