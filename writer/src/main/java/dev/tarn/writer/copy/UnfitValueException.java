package dev.tarn.writer.copy;

/** A value that its column cannot take. */
final class UnfitValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String column;

    /**
     * For a value of one column.
     *
     * @param column with the path into it, as {@code address.city}
     * @param reason what the column expects; no value
     */
    UnfitValueException(String column, String reason) {
        super(reason);
        this.column = column;
    }

    String column() {
        return column;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
