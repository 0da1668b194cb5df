package dev.tarn.catalog.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the policies allow, as an evaluator decides it that does not know how they are written. */
class SessionPolicyTest {
    private static final int PAIRS = 100_000;
    private static final String BUCKET = "arn:aws:s3:::lake";

    private static TablePrefixes table(String... keys) {
        return new TablePrefixes("s3", "lake", List.of(keys));
    }

    private static boolean mayDo(PolicyEvaluator policy, String action, String key) {
        return policy.allows("s3:" + action, BUCKET + "/" + key, Map.of("aws:username", "a", "aws:userid", ""));
    }

    private static boolean mayList(PolicyEvaluator policy, String prefix) {
        return policy.allows("s3:ListBucket", BUCKET, Map.of("s3:prefix", prefix, "aws:username", "a"));
    }

    @Test
    void noHostileNameWidensAPolicy() {
        long seed = System.nanoTime();
        System.out.println("seed of the hostile tables: " + seed);
        List<String> wrong = differences(new Random(seed), SessionPolicy::of);
        assertThat(wrong).as("seed %s", seed).isEmpty();
    }

    @Test
    void evaluatorCatchesAPolicyWithoutTheSlash() {
        assertThat(differences(
                        new Random(1),
                        (table, access, partition) ->
                                SessionPolicy.of(table, access, partition).replace("/*\"", "*\"")))
                .isNotEmpty();
    }

    @Test
    void evaluatorCatchesAPolicyWithoutEscapes() {
        assertThat(differences(
                        new Random(1),
                        (table, access, partition) -> SessionPolicy.of(table, access, partition)
                                .replace("${*}", "*")
                                .replace("${?}", "?")
                                .replace("${$}", "$")))
                .isNotEmpty();
    }

    @Test
    void evaluatorCatchesAListingWithoutACondition() {
        assertThat(differences(
                        new Random(1),
                        (table, access, partition) -> SessionPolicy.of(table, access, partition)
                                .replaceAll("\"Condition\":.*?]}}", "\"Sid\":\"x\"")))
                .isNotEmpty();
    }

    private interface Writer {
        String write(TablePrefixes table, TableAccess access, String partition);
    }

    /** Where a policy allows more or less than the table's own keys. */
    private static List<String> differences(Random random, Writer writer) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < PAIRS && wrong.size() < 5; i++) {
            String mine = HostileText.path(random, 4) + "/";
            String other = random.nextInt(4) == 0
                    ? HostileText.path(random, 4)
                    : HostileText.near(random, mine.substring(0, mine.length() - 1));
            TableAccess access = random.nextBoolean() ? TableAccess.READ : TableAccess.WRITE;
            boolean writes = access == TableAccess.WRITE;
            PolicyEvaluator policy = new PolicyEvaluator(writer.write(table(mine), access, "aws"));
            String own = mine + HostileText.path(random, 3);
            String foreign = other + "/" + HostileText.path(random, 2);
            boolean inside = foreign.startsWith(mine);
            boolean right = mayDo(policy, "GetObject", own)
                    && mayList(policy, own)
                    && mayList(policy, mine)
                    && mayDo(policy, "PutObject", own) == writes
                    && mayDo(policy, "DeleteObject", own) == writes
                    && mayDo(policy, "GetObject", foreign) == inside
                    && mayDo(policy, "PutObject", foreign) == (inside && writes)
                    && mayDo(policy, "DeleteObject", foreign) == (inside && writes)
                    && mayList(policy, foreign) == inside
                    && mayList(policy, other) == other.startsWith(mine)
                    && !mayList(policy, "")
                    && !mayDo(policy, "GetObject", mine.substring(0, mine.length() - 1))
                    && !mayDo(policy, "PutObjectAcl", own)
                    && !policy.allows("s3:GetObject", "arn:aws:s3:::lake2/" + own, Map.of())
                    && !policy.allows("s3:ListBucket", BUCKET, Map.of());
            if (!right) {
                wrong.add(access + " " + mine + " | " + own + " | " + foreign);
            }
        }
        return wrong;
    }

    @Test
    void everyPrefixOfATableIsReachedByOneCredential() {
        TablePrefixes table = table("w/t/", "w/data-of-t/");
        PolicyEvaluator policy = new PolicyEvaluator(SessionPolicy.of(table, TableAccess.WRITE, "aws"));

        assertThat(mayDo(policy, "PutObject", "w/t/f")).isTrue();
        assertThat(mayDo(policy, "PutObject", "w/data-of-t/f")).isTrue();
        assertThat(mayDo(policy, "GetObject", "w/f")).isFalse();
        assertThat(table.commonLocation()).isEqualTo("s3://lake/w/");
        assertThat(table("w/a/", "x/b/").commonLocation()).isEqualTo("s3://lake/");
        assertThat(table("w/a/", "w/a/data/").keys()).containsExactly("w/a/");
    }

    @Test
    void partitionIsThatOfTheRole() {
        StsSettings china = new StsSettings(
                "arn:aws-cn:iam::1:role/r", "", "", Optional.empty(), StsSettings.DEFAULT_SESSION_DURATION);
        StsSettings other = new StsSettings("anything", "", "", Optional.empty(), StsSettings.DEFAULT_SESSION_DURATION);

        assertThat(china.partition()).isEqualTo("aws-cn");
        assertThat(other.partition()).isEqualTo("aws");
        assertThat(SessionPolicy.of(table("t/"), TableAccess.READ, "aws-cn")).contains("arn:aws-cn:s3:::lake/t/*");
    }

    @Test
    void policyOfTheLongestDefaultLocationIsWellBelowTheLimit() {
        String level = "n".repeat(64) + "/";
        String policy = SessionPolicy.of(table(level.repeat(4) + "t".repeat(101) + "/"), TableAccess.WRITE, "aws");

        assertThat(policy.length()).isLessThan(1_500);
    }
}
