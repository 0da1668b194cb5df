package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.Bound;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.ContractSchemas;
import dev.tarn.writer.contract.ContractTable;
import dev.tarn.writer.contract.ContractWriter;
import dev.tarn.writer.contract.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Writes the first contract of a table that has none, for people to go on from. Stateless. */
public final class ContractDrafts {
    private ContractDrafts() {}

    /** How much of the data shows in a draft. */
    public enum Observed {
        /** Columns only. */
        NOTHING,
        /** Smallest and largest values of numbers, dates and timestamps, from the metadata of the files. */
        RANGES
    }

    /**
     * A contract in YAML that the table keeps.
     *
     * @param name of the table, without namespaces
     */
    public static String of(Table table, String name, Observed observed) {
        List<Rule> rules = new ArrayList<>();
        for (String key : table.schema().identifierFieldNames()) {
            if (table.schema().identifierFieldNames().size() == 1) {
                rules.add(Rule.of("unique(%s)".formatted(key), new Check.Unique(List.of(key))));
            }
        }
        if (observed == Observed.RANGES) {
            addRanges(table, rules);
        }
        return ContractWriter.draft(name, new ContractTable(name, ContractSchemas.ofIceberg(table.schema()), rules));
    }

    private static void addRanges(Table table, List<Rule> rules) {
        for (Types.NestedField column : table.schema().columns()) {
            if (!hasRange(column.type())) {
                continue;
            }
            Comparator<Object> order = Comparators.forType(column.type().asPrimitiveType());
            Object smallest = null;
            Object largest = null;
            try (CloseableIterable<FileScanTask> tasks =
                    table.newScan().includeColumnStats().planFiles()) {
                for (FileScanTask task : tasks) {
                    smallest = pick(smallest, bound(task.file().lowerBounds(), column), order);
                    largest = pick(largest, bound(task.file().upperBounds(), column), order.reversed());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot plan a scan of table " + table.name(), e);
            }
            Optional<String> low = Optional.ofNullable(smallest).map(value -> literal(column.type(), value));
            Optional<String> high = Optional.ofNullable(largest).map(value -> literal(column.type(), value));
            if (low.isPresent() && high.isPresent()) {
                rules.add(Rule.of(
                        "range(%s)".formatted(column.name()),
                        new Check.Range(column.name(), low.map(Bound::inclusive), high.map(Bound::inclusive))));
            }
        }
    }

    private static boolean hasRange(Type type) {
        return switch (type.typeId()) {
            case INTEGER, LONG, DECIMAL, DATE, TIMESTAMP -> true;
            default -> false;
        };
    }

    private static @Nullable Object bound(@Nullable Map<Integer, ByteBuffer> bounds, Types.NestedField column) {
        ByteBuffer buffer = bounds == null ? null : bounds.get(column.fieldId());
        return buffer == null ? null : Conversions.fromByteBuffer(column.type(), buffer);
    }

    private static @Nullable Object pick(@Nullable Object known, @Nullable Object found, Comparator<Object> order) {
        if (known == null || found == null) {
            return known == null ? found : known;
        }
        return order.compare(found, known) < 0 ? found : known;
    }

    private static String literal(Type type, Object value) {
        return switch (type.typeId()) {
            case DATE -> LocalDate.ofEpochDay(((Number) value).longValue()).toString();
            case TIMESTAMP ->
                Instant.EPOCH
                        .plus(((Number) value).longValue(), ChronoUnit.MICROS)
                        .toString();
            default -> value.toString();
        };
    }
}
