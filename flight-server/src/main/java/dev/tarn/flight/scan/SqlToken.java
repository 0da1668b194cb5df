package dev.tarn.flight.scan;

/**
 * A piece of a statement.
 *
 * @param kind what it is
 * @param text as written, quotes included
 * @param start index of its first character
 * @param end index after its last character
 */
record SqlToken(Kind kind, String text, int start, int end) {
    enum Kind {
        WORD,
        QUOTED_IDENTIFIER,
        STRING,
        NUMBER,
        SYMBOL
    }

    boolean is(String word) {
        return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
    }

    /** The value of a string without its quotes. */
    String unquoted() {
        String quote = text.substring(0, 1);
        return text.substring(1, text.length() - 1).replace(quote + quote, quote);
    }
}
