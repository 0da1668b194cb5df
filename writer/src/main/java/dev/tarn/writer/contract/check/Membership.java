package dev.tarn.writer.contract.check;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Tells whether a value is one of some. Confined to one thread. */
@FunctionalInterface
interface Membership {
    /** A test of single rows of a column of the current batch, for positions that are not null. */
    RowTest on(ColumnView column);

    /** A test of single rows. */
    @FunctionalInterface
    interface RowTest {
        boolean has(int row);
    }

    /**
     * For values of a column's type.
     *
     * @throws TarnException INVALID if a value is none of the type, UNSUPPORTED for types that have no values in contracts
     */
    static Membership of(String column, Type type, List<String> values) {
        if (Literals.isLong(type)) {
            long[] sorted = values.stream()
                    .map(value -> Literals.number(column, type, value))
                    // A value with a fraction is no value of the column; it stays out.
                    .filter(value -> value.stripTrailingZeros().scale() <= 0)
                    .mapToLong(BigDecimal::longValueExact)
                    .sorted()
                    .toArray();
            return view -> {
                long[] longs = view.longs();
                return row -> Arrays.binarySearch(sorted, longs[row]) >= 0;
            };
        }
        if (Literals.isDouble(type)) {
            boolean isFloat = type.typeId() == Type.TypeID.FLOAT;
            double[] sorted = values.stream()
                    .map(value -> Literals.number(column, type, value))
                    .mapToDouble(value -> isFloat ? value.floatValue() : value.doubleValue())
                    .sorted()
                    .toArray();
            return view -> {
                double[] doubles = view.doubles();
                return row -> Arrays.binarySearch(sorted, doubles[row] == 0 ? 0.0 : doubles[row]) >= 0;
            };
        }
        return switch (type.typeId()) {
            case STRING -> {
                TextSet set = new TextSet(values);
                yield view -> {
                    TextValues texts = view.text();
                    return row -> set.contains(texts, row);
                };
            }
            case DECIMAL -> {
                Set<BigDecimal> set = values.stream()
                        .map(value -> Literals.number(column, type, value).stripTrailingZeros())
                        .collect(Collectors.toSet());
                yield view -> {
                    ColumnReaders.DecimalReader reader =
                            ColumnReaders.decimals(column, (Types.DecimalType) type, view.vector());
                    return row -> set.contains(reader.at(row).stripTrailingZeros());
                };
            }
            case BOOLEAN -> {
                Set<String> set = values.stream()
                        .map(value -> value.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());
                yield view -> {
                    ColumnReaders.BooleanReader reader = ColumnReaders.booleans(column, view.vector());
                    return row -> set.contains(reader.at(row) ? "true" : "false");
                };
            }
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The contract lists values for column '%s', but values of type %s cannot be listed"
                                .formatted(column, type));
        };
    }

    /** The same, passing over values that no column of the type can hold, as {@code N/A} among numbers. */
    static Membership ofThoseThatFit(String column, Type type, List<String> values) {
        List<String> fitting = new ArrayList<>();
        for (String value : values) {
            try {
                of(column, type, List.of(value));
                fitting.add(value);
            } catch (TarnException e) {
                if (e.kind() == ErrorKind.UNSUPPORTED) {
                    return view -> row -> false;
                }
            }
        }
        return of(column, type, fitting);
    }
}
