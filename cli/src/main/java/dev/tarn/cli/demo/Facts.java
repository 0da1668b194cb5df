package dev.tarn.cli.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What a step found out, and its checks. Not thread-safe. */
final class Facts {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Notes a number or a text; 64-bit ids are given as text. */
    void note(String name, Object value) {
        values.put(name, value);
    }

    /**
     * Checks that what was found is what was expected.
     *
     * @throws CheckFailedException if it is not
     */
    void check(String what, Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            throw new CheckFailedException(what, expected, found);
        }
    }

    /**
     * Checks that something holds.
     *
     * @throws CheckFailedException if it does not
     */
    void checkThat(String what, boolean holds) {
        check(what, true, holds);
    }

    Map<String, Object> values() {
        return values;
    }
}
