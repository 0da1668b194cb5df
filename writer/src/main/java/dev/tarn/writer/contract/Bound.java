package dev.tarn.writer.contract;

/**
 * One end of a range.
 *
 * @param literal a number, a date or a time as the contract writes it
 * @param inclusive whether the value itself is allowed
 */
public record Bound(String literal, boolean inclusive) {
    /** A bound that is allowed itself. */
    public static Bound inclusive(String literal) {
        return new Bound(literal, true);
    }

    /** A bound that is not allowed itself. */
    public static Bound exclusive(String literal) {
        return new Bound(literal, false);
    }
}
