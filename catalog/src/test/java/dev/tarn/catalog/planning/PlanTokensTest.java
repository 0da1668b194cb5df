package dev.tarn.catalog.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.planning.PlanTokens.Binding;
import dev.tarn.catalog.planning.PlanTokens.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlanTokensTest {
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Binding BINDING = new Binding("alice", "w", "table-uuid");
    private static final byte[] REQUEST = "{\"filter\":true}".getBytes(StandardCharsets.UTF_8);

    private final PlanTokens tokens = new PlanTokens(KEY, Duration.ofMinutes(5), Clock.fixed(NOW, ZoneOffset.UTC));
    private final String task =
            tokens.planTask(BINDING, new ScanPin(42, 3), new ScanRange(1, 2, 3, 4), PlanTokens.packed(REQUEST));

    @Test
    void aTokenComesBackAsItWasMadeOnEveryServerWithTheKey() {
        PlanTokens other = new PlanTokens(KEY, Duration.ofMinutes(1), Clock.fixed(NOW, ZoneOffset.UTC));

        PlanToken token = other.read(Kind.TASK, BINDING, task).orElseThrow();

        assertThat(token.pin()).isEqualTo(new ScanPin(42, 3));
        assertThat(token.range()).isEqualTo(new ScanRange(1, 2, 3, 4));
        assertThat(token.request()).isEqualTo(REQUEST);
    }

    @Test
    void noMutationOfATokenPasses() {
        long seed = 11;
        Random random = new Random(seed);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .é";
        for (int i = 0; i < 10_000; i++) {
            StringBuilder mutated = new StringBuilder(task);
            switch (random.nextInt(4)) {
                case 0 -> mutated.setLength(random.nextInt(mutated.length()));
                case 1 ->
                    mutated.insert(
                            random.nextInt(mutated.length()), alphabet.charAt(random.nextInt(alphabet.length())));
                case 2 -> mutated.deleteCharAt(random.nextInt(mutated.length()));
                default ->
                    mutated.setCharAt(
                            random.nextInt(mutated.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            if (!mutated.toString().equals(task)) {
                assertThat(tokens.read(Kind.TASK, BINDING, mutated.toString()))
                        .as("seed %d, round %d: %s", seed, i, mutated)
                        .isEmpty();
            }
        }
    }

    @Test
    void aTokenIsGoodForItsKindPrincipalWarehouseAndTableOnly() {
        assertThat(tokens.read(Kind.PLAN, BINDING, task)).isEmpty();
        assertThat(tokens.read(Kind.TASK, new Binding("bob", "w", "table-uuid"), task))
                .isEmpty();
        assertThat(tokens.read(Kind.TASK, new Binding("alice", "v", "table-uuid"), task))
                .isEmpty();
        assertThat(tokens.read(Kind.TASK, new Binding("alice", "w", "other"), task))
                .isEmpty();
        // The parts of a binding do not flow into each other.
        assertThat(tokens.read(Kind.TASK, new Binding("alicew", "", "table-uuid"), task))
                .isEmpty();
    }

    @Test
    void aTokenExpiresAndOneOfAnotherKeyIsUnknown() {
        Clock later = Clock.fixed(NOW.plusSeconds(301), ZoneOffset.UTC);
        byte[] otherKey = KEY.clone();
        otherKey[0]++;

        assertThat(new PlanTokens(KEY, Duration.ofMinutes(5), later).read(Kind.TASK, BINDING, task))
                .isEmpty();
        assertThat(new PlanTokens(otherKey, Duration.ofMinutes(5), Clock.fixed(NOW, ZoneOffset.UTC))
                        .read(Kind.TASK, BINDING, task))
                .isEmpty();
    }

    @Test
    void planIdsDifferAndLeaveOutWhatDoesNotFitIntoAPath() {
        byte[] small = PlanTokens.packed(REQUEST);
        byte[] noise = new byte[20_000];
        new Random(1).nextBytes(noise);
        byte[] large = PlanTokens.packed(noise);

        assertThat(tokens.planId(BINDING, new ScanPin(1, 0), small))
                .isNotEqualTo(tokens.planId(BINDING, new ScanPin(1, 0), small));
        assertThat(PlanTokens.fitsPlanId(large)).isFalse();
        String id = tokens.planId(BINDING, new ScanPin(1, 0), large);
        assertThat(id).hasSizeLessThan(200);
        assertThat(tokens.read(Kind.PLAN, BINDING, id).orElseThrow().request()).isEmpty();
    }
}
