package dev.tarn.writer.files;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ArrowRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.TypeUtil;

/** Finds the partitions of rows and numbers them in the order of their first row. Confined to one thread. */
final class Partitions {
    /** Above this a table is partitioned by something close to a key: every row would become a file. */
    private static final int MAX_PARTITIONS = 200_000;

    private final String table;
    private final PartitionSpec spec;
    private final Schema sources;
    private final PartitionKey key;
    private final Map<PartitionKey, Integer> numbers = new HashMap<>();
    private final List<PartitionKey> keys = new ArrayList<>();

    Partitions(Table table) {
        this.table = table.name();
        this.spec = table.spec();
        // Only the columns that partitions are made of, so that columns that cannot be read singly do no harm.
        Set<Integer> ids = spec.fields().stream().map(PartitionField::sourceId).collect(Collectors.toSet());
        this.sources = TypeUtil.select(table.schema(), ids);
        this.key = new PartitionKey(spec, sources);
    }

    /** Partitions seen so far. */
    int count() {
        return keys.size();
    }

    /** The partition with a number. */
    PartitionKey key(int number) {
        return keys.get(number);
    }

    /** The number of a partition, or -1 for one that had no row. */
    int find(PartitionKey partition) {
        return numbers.getOrDefault(partition, -1);
    }

    /**
     * Finds the partitions of chosen rows.
     *
     * @throws TarnException INVALID naming the column, if a vector does not fit; REFUSED for too many partitions
     */
    int[] of(VectorSchemaRoot batch, int[] rows, int count) {
        int[] found = new int[count];
        if (spec.isUnpartitioned()) {
            if (keys.isEmpty()) {
                number();
            }
            return found;
        }
        ArrowRow row = new ArrowRow(sources.asStruct(), batch);
        int last = -1;
        for (int i = 0; i < count; i++) {
            key.partition(row.at(rows[i]));
            // Neighbours mostly share a partition, and comparing is cheaper than hashing.
            if (last < 0 || !keys.get(last).equals(key)) {
                last = number();
            }
            found[i] = last;
        }
        return found;
    }

    private int number() {
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        if (keys.size() >= MAX_PARTITIONS) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Rows for table %s fall into more than %d partitions, of which each needs a file; use a coarser partition transform or smaller commits"
                            .formatted(table, MAX_PARTITIONS));
        }
        PartitionKey copy = key.copy();
        numbers.put(copy, keys.size());
        keys.add(copy);
        return keys.size() - 1;
    }
}
