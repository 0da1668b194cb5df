package dev.tarn.writer.contract;

/**
 * Something about a contract's file that its author should know.
 *
 * @param severity an error makes the contract unusable, a warning does not
 * @param line from 1; 0 where the whole file is meant
 * @param path where in the document, as {@code models.orders.fields.status}; empty for its top
 * @param message what was expected and what was found
 */
public record LintFinding(Severity severity, int line, String path, String message) {
    /** For people: {@code line 12: error: models.orders: ...}. */
    public String describe() {
        String where = path.isEmpty() ? "" : path + ": ";
        return "line %d: %s: %s%s".formatted(line, severity == Severity.ERROR ? "error" : "warning", where, message);
    }
}
