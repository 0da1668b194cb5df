package dev.tarn.catalog.commit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.catalog.bytes.Piece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a JSON array as bytes, in chunks that remember the objects that they were made from. Objects are compared
 * by identity: Iceberg hands the very same ones from version to version, and another object is simply written again.
 * Immutable, thread-safe.
 */
final class ChunkedList {
    private static final JsonFactory FACTORY =
            SplicingGenerator.factory().rootValueSeparator(",").build();

    private final int capacity;
    private final List<Chunk> chunks;

    /** A run of elements. All chunks but the first of a list begin with the comma that separates them from the one before. */
    private record Chunk(List<Object> elements, boolean isFirst, Piece piece) {}

    private ChunkedList(int capacity, List<Chunk> chunks) {
        this.capacity = capacity;
        this.chunks = List.copyOf(chunks);
    }

    /** A list without elements whose successors have chunks of a given capacity. */
    static ChunkedList empty(int capacity) {
        return new ChunkedList(capacity, List.of());
    }

    /** Finds out which chunks of this list can be taken over when these are the elements. */
    Plan plan(List<?> elements) {
        IdentityHashMap<Object, Chunk> byFirstElement = new IdentityHashMap<>();
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            // The last chunk grows until it is full.
            if (i < chunks.size() - 1 || chunk.elements().size() == capacity) {
                byFirstElement.put(chunk.elements().get(0), chunk);
            }
        }
        Object[] all = elements.toArray();
        Chunk[] startingAt = new Chunk[all.length];
        for (int i = 0; i < all.length; ) {
            Chunk chunk = byFirstElement.get(all[i]);
            if (chunk != null && chunk.isFirst() == (i == 0) && isAt(chunk, all, i)) {
                startingAt[i] = chunk;
                i += chunk.elements().size();
            } else {
                i++;
            }
        }
        return new Plan(capacity, all, startingAt);
    }

    private static boolean isAt(Chunk chunk, Object[] all, int from) {
        List<Object> elements = chunk.elements();
        if (from + elements.size() > all.length) {
            return false;
        }
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) != all[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** Which elements are to be written, and in front of which of them a chunk stands that is taken over. */
    static final class Plan {
        private final int capacity;
        private final Object[] elements;
        private final @Nullable Chunk[] startingAt;

        private Plan(int capacity, Object[] elements, @Nullable Chunk[] startingAt) {
            this.capacity = capacity;
            this.elements = elements;
            this.startingAt = startingAt;
        }

        /** Takes the elements in their order; those that are not kept are left out. */
        Writer writer(Predicate<Object> kept) {
            return new Writer(this, kept);
        }
    }

    /** Takes the elements one after the other. Not thread-safe. */
    static final class Writer {
        private final Plan plan;
        private final Predicate<Object> kept;
        private final JsonGenerator discarded = new Discarded();
        private final List<Chunk> chunks = new ArrayList<>();
        private final List<Object> open = new ArrayList<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable JsonGenerator generator;
        private int index;
        private int takenOverUntil;

        private Writer(Plan plan, Predicate<Object> kept) {
            this.plan = plan;
            this.kept = kept;
        }

        /** Where the next element is to be written to. */
        JsonGenerator begin() throws IOException {
            if (index >= plan.elements.length) {
                throw new IllegalStateException("More elements are written than there are");
            }
            Chunk chunk = plan.startingAt[index];
            if (chunk != null) {
                close();
                chunks.add(chunk);
                takenOverUntil = index + chunk.elements().size();
            }
            if (index < takenOverUntil || !kept.test(plan.elements[index])) {
                return discarded;
            }
            open.add(plan.elements[index]);
            JsonGenerator ready = generator;
            if (ready == null) {
                if (!chunks.isEmpty()) {
                    bytes.write(',');
                }
                ready = FACTORY.createGenerator(bytes);
                generator = ready;
            }
            return ready;
        }

        /** Ends the element that was begun. */
        void end() throws IOException {
            index++;
            if (open.size() == plan.capacity) {
                close();
            }
        }

        /** Ends the list. */
        void finish() throws IOException {
            close();
            if (index != plan.elements.length) {
                throw new IllegalStateException(
                        "Only %d of %d elements were written".formatted(index, plan.elements.length));
            }
        }

        /** The bytes of the list. */
        List<Piece> pieces() {
            return chunks.stream().map(Chunk::piece).toList();
        }

        /** What the next version can take over. */
        ChunkedList written() {
            return new ChunkedList(plan.capacity, chunks);
        }

        private void close() throws IOException {
            JsonGenerator writing = generator;
            if (writing != null) {
                writing.close();
                chunks.add(new Chunk(List.copyOf(open), chunks.isEmpty(), Piece.of(bytes.toByteArray())));
                bytes.reset();
                open.clear();
                generator = null;
            }
        }
    }
}
