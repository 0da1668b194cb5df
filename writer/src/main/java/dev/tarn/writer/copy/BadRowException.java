package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** One row does not fit; the reader can go on with the next. */
final class BadRowException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final String location;
    private final long line;
    private final String reason;
    private final String raw;

    /**
     * A bad row.
     *
     * @param raw the row as it was in the file, for the rejects file only
     */
    BadRowException(String location, String unit, long line, String reason, String raw) {
        super(ErrorKind.INVALID, "%s %s %d: %s".formatted(fileName(location), unit, line, reason));
        this.location = location;
        this.line = line;
        this.reason = reason;
        this.raw = raw;
    }

    String location() {
        return location;
    }

    long line() {
        return line;
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
