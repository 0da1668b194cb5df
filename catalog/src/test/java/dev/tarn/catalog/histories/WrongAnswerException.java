package dev.tarn.catalog.histories;

/** A server answered what no right one would. */
final class WrongAnswerException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    WrongAnswerException(String message) {
        super(message);
    }
}
