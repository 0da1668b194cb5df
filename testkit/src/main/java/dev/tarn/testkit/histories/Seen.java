package dev.tarn.testkit.histories;

import java.util.List;

/**
 * What a transaction saw of a list: how long it was, and its last elements.
 *
 * @param length number of elements
 * @param tail the last elements in order; all of them where the whole list was read
 */
public record Seen(int length, List<Integer> tail) {
    /** Refuses a tail that is longer than the list. */
    public Seen {
        tail = List.copyOf(tail);
        if (length < tail.size()) {
            throw new IllegalArgumentException(
                    "A list of length %d cannot have a tail of %d elements".formatted(length, tail.size()));
        }
    }

    /** The whole list. */
    public static Seen all(List<Integer> elements) {
        return new Seen(elements.size(), elements);
    }
}
