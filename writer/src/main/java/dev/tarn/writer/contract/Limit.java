package dev.tarn.writer.contract;

import java.math.BigDecimal;

/**
 * Which results of a check are good. Compared exactly, so that 99.9 percent means 999 of 1,000.
 *
 * @param operator how the result is compared
 * @param value with what; the lower end for the operators of two values
 * @param upper the upper end for the operators of two values, else the same as {@code value}
 * @param unit what a number of rows is counted in
 */
public record Limit(Operator operator, BigDecimal value, BigDecimal upper, Unit unit) {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /** Comparisons, under the words of the Open Data Contract Standard. */
    public enum Operator {
        /** Equal. */
        MUST_BE("mustBe", "="),
        /** Not equal. */
        MUST_NOT_BE("mustNotBe", "!="),
        /** More. */
        MUST_BE_GREATER_THAN("mustBeGreaterThan", ">"),
        /** As much or more. */
        MUST_BE_GREATER_OR_EQUAL_TO("mustBeGreaterOrEqualTo", ">="),
        /** Less. */
        MUST_BE_LESS_THAN("mustBeLessThan", "<"),
        /** As much or less. */
        MUST_BE_LESS_OR_EQUAL_TO("mustBeLessOrEqualTo", "<="),
        /** Between two values or one of them. */
        MUST_BE_BETWEEN("mustBeBetween", "between"),
        /** Outside of two values and none of them. */
        MUST_NOT_BE_BETWEEN("mustNotBeBetween", "not between");

        private final String word;
        private final String symbol;

        Operator(String word, String symbol) {
            this.word = word;
            this.symbol = symbol;
        }

        /** The key in a contract. */
        public String word() {
            return word;
        }

        /** Whether it compares with two values. */
        public boolean isOfTwoValues() {
            return this == MUST_BE_BETWEEN || this == MUST_NOT_BE_BETWEEN;
        }
    }

    /** What rows are counted in. */
    public enum Unit {
        /** Their number. */
        ROWS,
        /** Their share of all rows, times 100. */
        PERCENT
    }

    /** Refuses ends in the wrong order. */
    public Limit {
        if (value.compareTo(upper) > 0) {
            throw new IllegalArgumentException("The lower value %s must not be more than the upper value %s"
                    .formatted(value.toPlainString(), upper.toPlainString()));
        }
    }

    /** No row at all. */
    public static Limit none() {
        return rows(Operator.MUST_BE, 0);
    }

    /** A comparison of a number of rows, or of a plain number, with one value. */
    public static Limit rows(Operator operator, long value) {
        BigDecimal exact = BigDecimal.valueOf(value);
        return new Limit(operator, exact, exact, Unit.ROWS);
    }

    /** At most a share of the rows, in percent. */
    public static Limit atMostPercent(BigDecimal percent) {
        return new Limit(Operator.MUST_BE_LESS_OR_EQUAL_TO, percent, percent, Unit.PERCENT);
    }

    /** Whether a plain number is good. */
    public boolean accepts(BigDecimal measured) {
        return accepts(measured, BigDecimal.ONE);
    }

    /**
     * Whether a number of rows is good.
     *
     * @param rows those that the check is about
     * @param all those that were looked at; without any, every share is 0
     */
    public boolean acceptsRows(long rows, long all) {
        if (unit == Unit.ROWS || all == 0) {
            return accepts(BigDecimal.valueOf(rows), BigDecimal.ONE);
        }
        return accepts(BigDecimal.valueOf(rows).multiply(HUNDRED), BigDecimal.valueOf(all));
    }

    /** Whether one row more than none is too many, so that rows can be judged one by one. */
    public boolean toleratesNothing() {
        return !acceptsRows(1, Long.MAX_VALUE) && acceptsRows(0, 1);
    }

    /** For people: {@code <= 0.1 percent}. */
    public String describe() {
        String numbers = operator.isOfTwoValues()
                ? value.toPlainString() + " and " + upper.toPlainString()
                : value.toPlainString();
        return operator.symbol + " " + numbers + (unit == Unit.PERCENT ? " percent" : "");
    }

    // Both sides are multiplied by the number of rows instead of dividing: no rounding can move a limit.
    private boolean accepts(BigDecimal measured, BigDecimal scale) {
        int low = measured.compareTo(value.multiply(scale));
        int high = measured.compareTo(upper.multiply(scale));
        return switch (operator) {
            case MUST_BE -> low == 0;
            case MUST_NOT_BE -> low != 0;
            case MUST_BE_GREATER_THAN -> low > 0;
            case MUST_BE_GREATER_OR_EQUAL_TO -> low >= 0;
            case MUST_BE_LESS_THAN -> low < 0;
            case MUST_BE_LESS_OR_EQUAL_TO -> low <= 0;
            case MUST_BE_BETWEEN -> low >= 0 && high <= 0;
            case MUST_NOT_BE_BETWEEN -> low < 0 || high > 0;
        };
    }
}
