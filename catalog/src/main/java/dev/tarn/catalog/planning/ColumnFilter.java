package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.BoundPredicate;
import org.apache.iceberg.expressions.BoundReference;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionVisitors;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.expressions.UnboundPredicate;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a manifest may hold rows that match a filter, by their statistics: the same answer as Iceberg's {@code
 * InclusiveMetricsEvaluator} gives file by file, worked out column by column. Comparisons of numbers, times and texts
 * make no object per file; the rare rest asks that evaluator. Immutable, thread-safe.
 */
final class ColumnFilter {
    private final Node root;

    /** Clears the rows that cannot match from those that are set. */
    private interface Node {
        void retain(ManifestColumns columns, BitSet rows);
    }

    private ColumnFilter(Node root) {
        this.root = root;
    }

    /**
     * A filter over the columns of a schema.
     *
     * @throws org.apache.iceberg.exceptions.ValidationException if it names columns or values that do not fit
     */
    static ColumnFilter of(Schema schema, Expression filter, boolean caseSensitive) {
        Node root = ExpressionVisitors.visit(Expressions.rewriteNot(filter), new Compiler(schema, caseSensitive));
        return new ColumnFilter(root);
    }

    /** Clears the rows of files that cannot match from those that are set. */
    void retain(ManifestColumns columns, BitSet rows) {
        BitSet matching = (BitSet) rows.clone();
        root.retain(columns, matching);
        if (columns.records().min() > 0) {
            rows.and(matching);
            return;
        }
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            long records = columns.records().get(row);
            // A negative count means that nobody counted.
            if (records == 0 || (records > 0 && !matching.get(row))) {
                rows.clear(row);
            }
        }
    }

    private static final class Compiler extends ExpressionVisitors.ExpressionVisitor<Node> {
        private final Schema schema;
        private final boolean caseSensitive;

        Compiler(Schema schema, boolean caseSensitive) {
            this.schema = schema;
            this.caseSensitive = caseSensitive;
        }

        @Override
        public Node alwaysTrue() {
            return (columns, rows) -> {};
        }

        @Override
        public Node alwaysFalse() {
            return (columns, rows) -> rows.clear();
        }

        @Override
        public Node and(Node left, Node right) {
            return (columns, rows) -> {
                left.retain(columns, rows);
                if (!rows.isEmpty()) {
                    right.retain(columns, rows);
                }
            };
        }

        @Override
        public Node or(Node left, Node right) {
            return (columns, rows) -> {
                BitSet others = (BitSet) rows.clone();
                left.retain(columns, rows);
                others.andNot(rows);
                if (!others.isEmpty()) {
                    right.retain(columns, others);
                    rows.or(others);
                }
            };
        }

        @Override
        public <T> Node predicate(UnboundPredicate<T> unbound) {
            Expression bound = Binder.bind(schema.asStruct(), unbound, caseSensitive);
            if (!(bound instanceof BoundPredicate<?> predicate)) {
                return bound.op() == Expression.Operation.FALSE ? alwaysFalse() : alwaysTrue();
            }
            InclusiveMetricsEvaluator evaluator = new InclusiveMetricsEvaluator(schema, unbound, caseSensitive);
            int fieldId = predicate.ref().fieldId();
            Node exact = (columns, rows) -> {
                ColumnStats stats = columns.stats(fieldId);
                retain(rows, row -> evaluator.eval(new StatsView(columns, stats, row)));
            };
            if (!(predicate.term() instanceof BoundReference)) {
                return exact;
            }
            return switch (predicate.op()) {
                case IS_NULL -> onStats(fieldId, ColumnStats::mayHoldNulls);
                case NOT_NULL -> onStats(fieldId, (stats, row) -> !stats.holdsNullsOnly(row));
                case IS_NAN -> onStats(fieldId, (stats, row) -> !stats.holdsNullsOnly(row) && !stats.holdsNoNans(row));
                case NOT_NAN -> onStats(fieldId, (stats, row) -> !stats.holdsNansOnly(row));
                case LT, LT_EQ, GT, GT_EQ, EQ, IN -> comparison(predicate, exact);
                default -> exact;
            };
        }

        private static Node comparison(BoundPredicate<?> predicate, Node exact) {
            Type type = predicate.ref().type();
            Optional<NumberComparison> numbers = NumberComparison.of(predicate, type);
            if (numbers.isPresent()) {
                return numberComparison(predicate.ref().fieldId(), numbers.get(), exact);
            }
            if (type.typeId() == Type.TypeID.STRING && predicate.isLiteralPredicate()) {
                return textComparison(predicate);
            }
            return exact;
        }

        private static Node numberComparison(int fieldId, NumberComparison comparison, Node exact) {
            return (columns, rows) -> {
                ColumnStats stats = columns.stats(fieldId);
                if (!comparison.understands(stats)) {
                    exact.retain(columns, rows);
                } else if (comparison.excludesAll(stats, columns.rows())) {
                    rows.clear();
                } else if (stats.allMayHoldValues(columns.rows())) {
                    retain(rows, row -> comparison.mayMatch(stats, row));
                } else {
                    retain(rows, row -> mayHoldValues(stats, row) && comparison.mayMatch(stats, row));
                }
            };
        }

        private static Node textComparison(BoundPredicate<?> predicate) {
            byte[] literal =
                    predicate.asLiteralPredicate().literal().value().toString().getBytes(StandardCharsets.UTF_8);
            Expression.Operation op = predicate.op();
            int fieldId = predicate.ref().fieldId();
            return (columns, rows) -> {
                ColumnStats stats = columns.stats(fieldId);
                retain(rows, row -> mayHoldValues(stats, row) && mayMatch(op, stats, row, literal));
            };
        }

        /** Iceberg orders texts by code point, which is the order of their bytes in UTF-8. */
        private static boolean mayMatch(Expression.Operation op, ColumnStats stats, int row, byte[] literal) {
            return switch (op) {
                case LT -> compare(stats.lower(), row, literal, -1) < 0;
                case LT_EQ -> compare(stats.lower(), row, literal, -1) <= 0;
                case GT -> compare(stats.upper(), row, literal, 1) > 0;
                case GT_EQ -> compare(stats.upper(), row, literal, 1) >= 0;
                default ->
                    compare(stats.lower(), row, literal, -1) <= 0 && compare(stats.upper(), row, literal, 1) >= 0;
            };
        }

        private static int compare(@Nullable BoundColumn bounds, int row, byte[] literal, int ifUnknown) {
            if (bounds == null || !bounds.has(row)) {
                return ifUnknown;
            }
            BytesColumn texts = bounds.texts();
            if (texts != null) {
                return Arrays.compareUnsigned(texts.data(), texts.from(row), texts.to(row), literal, 0, literal.length);
            }
            ByteBuffer value = bounds.value(row); // Texts of four or eight bytes throughout are kept as numbers.
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            return Arrays.compareUnsigned(bytes, literal);
        }

        private static boolean mayHoldValues(ColumnStats stats, int row) {
            return !stats.holdsNullsOnly(row) && !stats.holdsNansOnly(row);
        }

        private interface OnStats {
            boolean mayMatch(ColumnStats stats, int row);
        }

        private static Node onStats(int fieldId, OnStats test) {
            return (columns, rows) -> {
                ColumnStats stats = columns.stats(fieldId);
                retain(rows, row -> test.mayMatch(stats, row));
            };
        }

        private static void retain(BitSet rows, IntPredicate mayMatch) {
            for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
                if (!mayMatch.test(row)) {
                    rows.clear(row);
                }
            }
        }
    }

    /** A comparison of a column with literals, both as whole numbers in the order of their values. */
    @SuppressWarnings("ArrayRecordComponent") // Never changed, never compared.
    private record NumberComparison(Expression.Operation op, Type.TypeID type, long[] sorted) {
        /** Iceberg looks at no more literals than these. */
        private static final int MAX_LITERALS = 200;

        private static final long NAN = ordered(Double.NaN);

        static Optional<NumberComparison> of(BoundPredicate<?> predicate, Type type) {
            switch (type.typeId()) {
                case INTEGER, DATE, LONG, TIME, TIMESTAMP, TIMESTAMP_NANO, FLOAT, DOUBLE -> {
                    // These are numbers.
                }
                default -> {
                    return Optional.empty();
                }
            }
            if (predicate.isLiteralPredicate()) {
                long literal = ordered(predicate.asLiteralPredicate().literal().value());
                return Optional.of(new NumberComparison(predicate.op(), type.typeId(), new long[] {literal}));
            }
            Set<?> literals = predicate.asSetPredicate().literalSet();
            if (literals.size() > MAX_LITERALS) {
                return Optional.empty();
            }
            long[] sorted = literals.stream()
                    .mapToLong(NumberComparison::ordered)
                    .sorted()
                    .toArray();
            return Optional.of(new NumberComparison(predicate.op(), type.typeId(), sorted));
        }

        /** Whether all bounds have a width that the type reads as this class does. */
        boolean understands(ColumnStats stats) {
            return fits(stats.lower()) && fits(stats.upper());
        }

        private boolean fits(@Nullable BoundColumn bounds) {
            if (bounds == null) {
                return true;
            }
            return switch (type) {
                case INTEGER, DATE, FLOAT -> bounds.width() == 4;
                default -> bounds.width() != 0;
            };
        }

        /** Whether the bounds of all rows together say that none can match. */
        boolean excludesAll(ColumnStats stats, int rows) {
            if (type == Type.TypeID.FLOAT || type == Type.TypeID.DOUBLE) {
                return false; // Their bounds are not kept in the order of the values.
            }
            BoundColumn lowers = stats.lower();
            BoundColumn uppers = stats.upper();
            LongColumn lower = lowers == null ? null : lowers.numbers();
            LongColumn upper = uppers == null ? null : uppers.numbers();
            boolean allLower = lower != null && lower.isComplete(rows);
            boolean allUpper = upper != null && upper.isComplete(rows);
            boolean above = lower != null && allLower && lower.min() > sorted[sorted.length - 1];
            boolean below = upper != null && allUpper && upper.max() < sorted[0];
            return switch (op) {
                case LT, LT_EQ -> above;
                case GT, GT_EQ -> below;
                case EQ -> above || below;
                default -> above || (below && allLower);
            };
        }

        boolean mayMatch(ColumnStats stats, int row) {
            BoundColumn lower = stats.lower();
            BoundColumn upper = stats.upper();
            boolean hasLower = lower != null && lower.has(row);
            boolean hasUpper = upper != null && upper.has(row);
            long low = hasLower ? bound(lower, row) : Long.MIN_VALUE;
            long high = hasUpper ? bound(upper, row) : Long.MAX_VALUE;
            // A lower bound that is not a number says nothing about the file, as old ORC files show.
            boolean lowUnknown = !hasLower || isNan(low);
            return switch (op) {
                case LT -> lowUnknown || low < sorted[0];
                case LT_EQ -> lowUnknown || low <= sorted[0];
                case GT -> !hasUpper || high > sorted[0];
                case GT_EQ -> !hasUpper || high >= sorted[0];
                case EQ -> (lowUnknown || low <= sorted[0]) && (!hasUpper || high >= sorted[0]);
                default -> lowUnknown || holdsOneWithin(low, high);
            };
        }

        private boolean holdsOneWithin(long low, long high) {
            int at = Arrays.binarySearch(sorted, low);
            int first = at >= 0 ? at : -at - 1;
            return first < sorted.length && sorted[first] <= high;
        }

        private boolean isNan(long value) {
            return (type == Type.TypeID.FLOAT || type == Type.TypeID.DOUBLE) && value == NAN;
        }

        private long bound(@Nullable BoundColumn bounds, int row) {
            LongColumn numbers = bounds == null ? null : bounds.numbers();
            if (bounds == null || numbers == null) {
                throw new IllegalStateException("Only columns of numbers are compared");
            }
            long raw = numbers.get(row);
            return switch (type) {
                case FLOAT -> ordered((double) Float.intBitsToFloat((int) raw));
                case DOUBLE ->
                    bounds.width() == 4
                            ? ordered((double) Float.intBitsToFloat((int) raw))
                            : ordered(Double.longBitsToDouble(raw));
                default -> raw;
            };
        }

        private static long ordered(Object value) {
            if (value instanceof Float || value instanceof Double) {
                return ordered(((Number) value).doubleValue());
            }
            return ((Number) value).longValue();
        }

        /** A whole number in the order in which {@link Double#compare} puts values. */
        private static long ordered(double value) {
            long bits = Double.doubleToLongBits(value);
            return bits ^ ((bits >> 63) & Long.MAX_VALUE);
        }
    }
}
