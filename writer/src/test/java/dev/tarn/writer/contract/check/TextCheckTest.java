package dev.tarn.writer.contract.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.arrow.ArrowSchemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class TextCheckTest {
    private static final int ROWS = 4_000;

    private static final Schema SCHEMA = new Schema(Types.NestedField.optional(1, "state", Types.StringType.get()));

    private static final String ALPHABET = "ab-é";

    @Test
    void judgesColumnsOfFewAndOfManyTextsAsTheirRowsAre() {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int distinct : new int[] {1, 3, 200, 253, 254, 255, 300, 1_500, 20_000}) {
            List<String> pool = pool(random, distinct);
            Set<String> kept = Set.copyOf(pool.subList(0, (distinct + 1) / 2));
            TextCheck listed = new TextCheck("state", new TextSet(kept));
            TextCheck even = new TextCheck("state", (bytes, start, length) -> length % 2 == 0);
            try (BufferAllocator allocator = new RootAllocator();
                    VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator)) {
                BatchColumns columns = new BatchColumns(SCHEMA);
                for (int round = 0; round < 4; round++) {
                    fill(batch, pool, random);
                    columns.moveTo(batch);
                    String as = "seed %d, %d distinct, round %d".formatted(seed, distinct, round);
                    assertThat(marked(listed, columns))
                            .as(as)
                            .isEqualTo(broken(batch, text -> kept.contains(new String(text, StandardCharsets.UTF_8))));
                    assertThat(marked(even, columns)).as(as).isEqualTo(broken(batch, text -> text.length % 2 == 0));
                }
            }
        }
    }

    @Test
    void judgesATextOnceForAllRowsThatHaveIt() {
        AtomicInteger judged = new AtomicInteger();
        TextCheck check = new TextCheck("state", (bytes, start, length) -> {
            judged.incrementAndGet();
            return length < 5;
        });
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator)) {
            BatchColumns columns = new BatchColumns(SCHEMA);
            for (int round = 0; round < 3; round++) {
                fill(batch, List.of("open", "closed"), new Random(5));
                columns.moveTo(batch);
                check.mark(columns, all(), ROWS, new RowMarks());
            }
        }

        assertThat(judged).hasValue(2);
    }

    @Test
    void doesNotJudgeTextsOfRowsThatAreNotLookedAt() {
        TextCheck check = new TextCheck("state", (bytes, start, length) -> {
            if (bytes[start] == 'x') {
                throw new IllegalStateException("too costly");
            }
            return false;
        });
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator)) {
            VarCharVector vector = (VarCharVector) batch.getVector("state");
            vector.setSafe(0, "x".getBytes(StandardCharsets.UTF_8));
            vector.setSafe(1, "open".getBytes(StandardCharsets.UTF_8));
            batch.setRowCount(2);
            BatchColumns columns = new BatchColumns(SCHEMA);
            columns.moveTo(batch);
            RowMarks marks = new RowMarks();

            assertThat(check.mark(columns, new int[] {1}, 1, marks)).isEqualTo(1);
            assertThat(marks.isSet(0)).isFalse();
        }
    }

    /** Distinct texts of up to about 160 bytes, many of which share their first and last ones. */
    private static List<String> pool(Random random, int distinct) {
        List<String> pool = new ArrayList<>();
        for (int i = 0; i < distinct; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(20) == 0 ? 80 + random.nextInt(40) : random.nextInt(24);
            for (int letter = 0; letter < length; letter++) {
                text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            pool.add(
                    i % 3 == 0
                            ? "the same " + i + " beginning and end"
                            : text.append(i).toString());
        }
        return pool;
    }

    private static void fill(VectorSchemaRoot batch, List<String> pool, Random random) {
        VarCharVector vector = (VarCharVector) batch.getVector("state");
        vector.clear();
        for (int row = 0; row < ROWS; row++) {
            if (random.nextInt(20) == 0) {
                vector.setNull(row);
            } else {
                vector.setSafe(row, pool.get(random.nextInt(pool.size())).getBytes(StandardCharsets.UTF_8));
            }
        }
        batch.setRowCount(ROWS);
    }

    private static BitSet marked(TextCheck check, BatchColumns columns) {
        RowMarks marks = new RowMarks();
        marks.clear(ROWS);
        int bad = check.mark(columns, all(), ROWS, marks);
        BitSet marked = new BitSet();
        IntStream.range(0, ROWS).filter(marks::isSet).forEach(marked::set);
        assertThat(bad).isEqualTo(marked.cardinality());
        return marked;
    }

    private static BitSet broken(VectorSchemaRoot batch, Predicate<byte[]> isKept) {
        VarCharVector vector = (VarCharVector) batch.getVector("state");
        BitSet broken = new BitSet();
        IntStream.range(0, ROWS)
                .filter(row -> !vector.isNull(row) && !isKept.test(vector.get(row)))
                .forEach(broken::set);
        return broken;
    }

    private static int[] all() {
        return IntStream.range(0, ROWS).toArray();
    }
}
