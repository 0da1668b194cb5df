package dev.tarn.writer.contract.check;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Bound;
import dev.tarn.writer.contract.Check;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Makes the check of rows for a rule and the type of its column. */
public final class RowChecks {
    private RowChecks() {}

    /**
     * The check for a column of a schema.
     *
     * @throws TarnException INVALID if there is no such column, or the check makes no sense for its type
     */
    public static RowCheck of(Check.OfRow check, Schema schema) {
        String column = check.column();
        Types.NestedField field = schema.findField(column);
        if (field == null) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The contract has a rule for column '%s', which does not exist".formatted(column));
        }
        Type type = field.type();
        if (check instanceof Check.NotNull) {
            return new NullCheck(column);
        }
        if (check instanceof Check.NotMissing missing) {
            return new MissingCheck(column, Membership.ofThoseThatFit(column, type, missing.missing()));
        }
        if (check instanceof Check.OneOf oneOf) {
            return type.typeId() == Type.TypeID.STRING
                    ? new TextCheck(column, new TextSet(oneOf.values()))
                    : new EnumCheck(column, Membership.of(column, type, oneOf.values()));
        }
        if (check instanceof Check.Matches matches) {
            requireText(check, type);
            return new TextCheck(column, new PatternRule(column, matches.pattern()));
        }
        if (check instanceof Check.Length length) {
            requireText(check, type);
            return new LengthCheck(column, length.min(), length.max());
        }
        if (check instanceof Check.Range range) {
            return range(range, type);
        }
        if (check instanceof Check.MultipleOf multiple) {
            return multipleOf(multiple, type);
        }
        throw new IllegalStateException("No check of rows for " + check.kind());
    }

    private static RowCheck range(Check.Range range, Type type) {
        String column = range.column();
        Optional<BigDecimal> min = range.min().map(bound -> Literals.number(column, type, bound.literal()));
        Optional<BigDecimal> max = range.max().map(bound -> Literals.number(column, type, bound.literal()));
        boolean minInclusive = range.min().map(Bound::inclusive).orElse(true);
        boolean maxInclusive = range.max().map(Bound::inclusive).orElse(true);
        if (Literals.isLong(type)) {
            return new LongRangeCheck(
                    column,
                    min.map(bound -> Literals.smallest(bound, minInclusive)).orElse(Long.MIN_VALUE),
                    max.map(bound -> Literals.largest(bound, maxInclusive)).orElse(Long.MAX_VALUE));
        }
        if (Literals.isDouble(type)) {
            double low = range.min()
                    .map(bound -> Literals.bound(column, type, bound, Double.POSITIVE_INFINITY))
                    .orElse(Double.NEGATIVE_INFINITY);
            double high = range.max()
                    .map(bound -> Literals.bound(column, type, bound, Double.NEGATIVE_INFINITY))
                    .orElse(Double.POSITIVE_INFINITY);
            return new DoubleRangeCheck(column, low, high);
        }
        if (type instanceof Types.DecimalType decimal) {
            BigDecimal ofScale = BigDecimal.TEN.pow(decimal.scale());
            return new DecimalRangeCheck(
                    column,
                    decimal,
                    min.map(bound -> Literals.smallest(bound.multiply(ofScale), minInclusive)),
                    max.map(bound -> Literals.largest(bound.multiply(ofScale), maxInclusive)),
                    range);
        }
        throw unfit(range, type, "a number, date or time");
    }

    private static RowCheck multipleOf(Check.MultipleOf multiple, Type type) {
        Type.TypeID id = type.typeId();
        if (id == Type.TypeID.INTEGER || id == Type.TypeID.LONG) {
            return MultipleCheck.ofLongs(multiple.column(), multiple.of());
        }
        if (Literals.isDouble(type)) {
            return MultipleCheck.ofDoubles(multiple.column(), multiple.of());
        }
        if (type instanceof Types.DecimalType decimal) {
            return MultipleCheck.ofDecimals(multiple.column(), decimal, multiple.of());
        }
        throw unfit(multiple, type, "a number");
    }

    private static void requireText(Check.OfRow check, Type type) {
        if (type.typeId() != Type.TypeID.STRING) {
            throw unfit(check, type, "a text");
        }
    }

    static TarnException unfit(Check.OfRow check, Type type, String expected) {
        return new TarnException(
                ErrorKind.INVALID,
                "The rule %s needs %s but column '%s' has type %s"
                        .formatted(check.kind(), expected, check.column(), type));
    }

    /** The names of all columns that some checks look at. */
    public static List<String> columns(List<? extends Check> checks) {
        return checks.stream()
                .flatMap(check -> check.columns().stream())
                .distinct()
                .toList();
    }
}
