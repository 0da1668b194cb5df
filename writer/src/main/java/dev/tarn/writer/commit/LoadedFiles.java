package dev.tarn.writer.commit;

import java.util.Set;

/**
 * The source files of one load, for the history of a table.
 *
 * @param fingerprints 16 hexadecimal digits for each file; a file that changes gets another one
 * @param sources what the caller asked for, for people; shortened
 */
public record LoadedFiles(Set<String> fingerprints, String sources) {
    private static final int MAX_SOURCES_LENGTH = 200;

    /** Refuses fingerprints that are none. */
    public LoadedFiles {
        fingerprints = Set.copyOf(fingerprints);
        for (String fingerprint : fingerprints) {
            if (!fingerprint.matches("[0-9a-f]{16}")) {
                throw new IllegalArgumentException(
                        "fingerprints must be 16 hexadecimal digits but one was '%s'".formatted(fingerprint));
            }
        }
        sources =
                sources.length() > MAX_SOURCES_LENGTH ? sources.substring(0, MAX_SOURCES_LENGTH - 3) + "..." : sources;
    }
}
