package dev.tarn.writer.copy;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What happens to rows that do not fit the table.
 *
 * @param rule whether they end the load
 * @param rejects a local file that gets one JSON line for each bad row, with file, line or row, column and reason; replaced if
 *     it exists
 * @param content whether the rejects file also gets the rows as they were
 * @param maxErrors more bad rows than this end the load whatever the rule; also how many a validation reports
 */
public record BadRows(Rule rule, Optional<Path> rejects, Content content, long maxErrors) {
    /** What a validation reports at most, unless told otherwise. */
    public static final long DEFAULT_MAX_REPORTED = 1_000;

    /** The first bad row ends the load and nothing is committed. */
    public static final BadRows ABORT = of(Rule.ABORT);

    /** Bad rows are left out and counted. */
    public static final BadRows SKIP_ROW = of(Rule.SKIP_ROW);

    /** A file with a bad row is left out as a whole; every file is read twice. */
    public static final BadRows SKIP_FILE = of(Rule.SKIP_FILE);

    /** Whether a bad row ends the load. */
    public enum Rule {
        /** It does. */
        ABORT,
        /** It is left out. */
        SKIP_ROW,
        /** Its file is left out, as are files that are damaged. */
        SKIP_FILE
    }

    /** Whether values of rows may leave the table's own storage. */
    public enum Content {
        /** Only where the row is and what is wrong. */
        LEFT_OUT,
        /** Text rows as they were; for binary formats there is no such text. */
        INCLUDED
    }

    /** Refuses negative limits. */
    public BadRows {
        if (maxErrors < 0) {
            throw new IllegalArgumentException("maxErrors must not be negative but was " + maxErrors);
        }
    }

    /** The same, with a rejects file. */
    public BadRows withRejects(Path file, Content what) {
        return new BadRows(rule, Optional.of(file), what, maxErrors);
    }

    /** The same, with another limit. */
    public BadRows withMaxErrors(long limit) {
        return new BadRows(rule, rejects, content, limit);
    }

    private static BadRows of(Rule rule) {
        return new BadRows(rule, Optional.empty(), Content.LEFT_OUT, Long.MAX_VALUE);
    }
}
