package dev.tarn.writer.files;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.layout.SortKeyEncoder;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which order a table wants its rows to reach files.
 *
 * @param mode value of {@code write.distribution-mode}: none writes rows as they come, hash gathers them by partition
 *     first, range also keeps the files of a partition apart in the sort order
 * @param order what files claim; unsorted where rows are not sorted
 * @param sorter makes the keys of that order; empty where rows are not sorted
 */
record WriteOrder(DistributionMode mode, SortOrder order, Optional<SortKeyEncoder> sorter) {
    private static final Logger LOG = LoggerFactory.getLogger(WriteOrder.class);

    /**
     * As the table says now.
     *
     * @throws TarnException INVALID if the property has another value than none, hash and range
     */
    static WriteOrder of(Table table) {
        SortOrder wanted = table.sortOrder();
        Optional<SortKeyEncoder> sorter = SortKeyEncoder.of(table.schema(), wanted);
        if (sorter.isEmpty() && wanted.isSorted()) {
            LOG.warn("Table {} has a sort order that cannot be applied; its files are written unsorted", table.name());
        }
        return new WriteOrder(mode(table), sorter.isPresent() ? wanted : SortOrder.unsorted(), sorter);
    }

    /** Whether rows go to files as they come as long as memory allows. */
    boolean asTheyCome() {
        return sorter.isEmpty() && mode == DistributionMode.NONE;
    }

    /** Whether rows of a partition wait for all others of it before the first file is begun. */
    boolean acrossFiles() {
        return sorter.isPresent() && mode == DistributionMode.RANGE;
    }

    private static DistributionMode mode(Table table) {
        String value = table.properties().get(TableProperties.WRITE_DISTRIBUTION_MODE);
        if (value == null) {
            return DistributionMode.NONE;
        }
        try {
            return DistributionMode.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Table property %s must be none, hash or range but is '%s'"
                            .formatted(TableProperties.WRITE_DISTRIBUTION_MODE, value),
                    e);
        }
    }
}
