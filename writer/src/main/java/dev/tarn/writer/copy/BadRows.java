package dev.tarn.writer.copy;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What happens to rows that do not fit the table.
 *
 * @param rule whether they end the load
 * @param rejects a local file that gets one JSON line for each skipped row, with file, line, reason and the row as it was;
 *     replaced if it exists
 */
public record BadRows(Rule rule, Optional<Path> rejects) {
    /** The first bad row ends the load and nothing is committed. */
    public static final BadRows ABORT = new BadRows(Rule.ABORT, Optional.empty());

    /** Bad rows are left out and counted. */
    public static final BadRows SKIP = new BadRows(Rule.SKIP, Optional.empty());

    /** Whether a bad row ends the load. */
    public enum Rule {
        /** It does. */
        ABORT,
        /** It is left out. */
        SKIP
    }
}
