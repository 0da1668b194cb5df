package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** One row does not fit; the reader can go on with the next. */
final class BadRowException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final String location;
    private final String unit;
    private final long number;
    private final String column;
    private final String reason;
    private final String raw;

    /**
     * A bad row.
     *
     * @param unit what is counted: line or row
     * @param column empty if it is the row as a whole
     * @param reason what a column expects, or what is wrong with the row
     * @param raw the row as it was in the file, for the rejects file only
     */
    BadRowException(String location, String unit, long number, String column, String reason, String raw) {
        super(
                ErrorKind.INVALID,
                "%s %s %d: %s%s"
                        .formatted(
                                fileName(location),
                                unit,
                                number,
                                column.isEmpty() ? "" : "column '%s' ".formatted(column),
                                reason));
        this.location = location;
        this.unit = unit;
        this.number = number;
        this.column = column;
        this.reason = reason;
        this.raw = raw;
    }

    String location() {
        return location;
    }

    String unit() {
        return unit;
    }

    long number() {
        return number;
    }

    String column() {
        return column;
    }

    String reason() {
        return reason;
    }

    String raw() {
        return raw;
    }

    static String fileName(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
