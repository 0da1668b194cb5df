package dev.tarn.catalog.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class StorageAccessTest {
    private static final Set<AccessMechanism> VENDED = EnumSet.of(AccessMechanism.VENDED_CREDENTIALS);
    private static final Set<AccessMechanism> BOTH = EnumSet.allOf(AccessMechanism.class);
    private static final WarehouseUri WAREHOUSE = WarehouseUri.parse("s3://lake/wh");
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    private final CredentialCacheTest.SettableClock clock = new CredentialCacheTest.SettableClock();
    private final FakeSource source = new FakeSource(clock);

    /** A token service that remembers what it was asked for, and takes no policies beyond a length. */
    private static final class FakeSource implements CredentialSource {
        private final Clock clock;
        private final List<String> policies = new ArrayList<>();
        private int maxLength = Integer.MAX_VALUE;
        private boolean isClosed;

        FakeSource(Clock clock) {
            this.clock = clock;
        }

        @Override
        public SessionCredentials assume(String policy) {
            if (policy.length() > maxLength) {
                throw new PolicyTooLargeException(policy.length(), "it is too large");
            }
            policies.add(policy);
            return CredentialCacheTest.credentials("key" + policies.size(), clock);
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private static S3Settings s3(String endpoint) {
        return new S3Settings(
                endpoint,
                "us-east-1",
                true,
                Optional.of(new S3Settings.S3Keys("server", Secret.of("server-secret"), Optional.empty())),
                false,
                true);
    }

    private static StsSettings sts(String endpoint) {
        return new StsSettings(
                "arn:aws:iam::1:role/r", endpoint, "", Optional.of("x"), StsSettings.DEFAULT_SESSION_DURATION);
    }

    private StorageAccess access(boolean signing, boolean vendStatic, boolean outside) {
        return StorageAccess.over(
                source,
                WAREHOUSE,
                s3("http://store.test:9000"),
                new DelegationSettings(Optional.of(sts("")), signing, vendStatic, outside),
                clock);
    }

    private static StorageAccess.Subject table(String location, Map<String, String> properties, Predicate<String> own) {
        TableMetadata metadata =
                TableMetadata.newTableMetadata(SCHEMA, PartitionSpec.unpartitioned(), location, properties);
        return new StorageAccess.Subject(
                location + "/metadata/1.metadata.json", () -> metadata, own, "v1/namespaces/n/tables/t");
    }

    private static StorageAccess.Subject table(String location) {
        return table(location, Map.of(), folder -> true);
    }

    @Test
    void credentialsAndTagAreThoseOfTheWindow() {
        StorageAccess access = access(false, false, false);
        StorageAccess.Subject table = table("s3a://lake/wh/t");
        Delegation first = access.delegate(VENDED, table, TableAccess.WRITE);
        clock.move(Duration.ofMinutes(29));
        assertThat(access.delegate(VENDED, table, TableAccess.WRITE)).isEqualTo(first);
        clock.move(Duration.ofMinutes(1));

        Delegation second = access.delegate(VENDED, table, TableAccess.WRITE);

        assertThat(second.tag()).isNotEqualTo(first.tag());
        assertThat(second.credentials()).singleElement().satisfies(credential -> {
            assertThat(credential.prefix()).isEqualTo("s3a://lake/wh/t/");
            assertThat(credential.config())
                    .containsEntry("s3.access-key-id", "key2")
                    .containsEntry("s3.secret-access-key", "secret")
                    .containsEntry("s3.session-token", "token")
                    .containsEntry(
                            "s3.session-token-expires-at-ms",
                            Long.toString(
                                    clock.instant().plus(Duration.ofHours(1)).toEpochMilli()))
                    .containsEntry("client.refresh-credentials-endpoint", "v1/namespaces/n/tables/t/credentials");
        });
        assertThat(first.toString() + first.credentials()).doesNotContain("secret", "token");
    }

    @Test
    void readersAndWritersGetDifferentCredentials() {
        StorageAccess access = access(false, false, false);
        StorageAccess.Subject table = table("s3://lake/wh/t");

        Delegation reader = access.delegate(VENDED, table, TableAccess.READ);
        Delegation writer = access.delegate(VENDED, table, TableAccess.WRITE);

        assertThat(reader.tag()).isNotEqualTo(writer.tag());
        PolicyEvaluator policy = new PolicyEvaluator(source.policies.get(0));
        assertThat(policy.allows("s3:GetObject", "arn:aws:s3:::lake/wh/t/f", Map.of()))
                .isTrue();
        assertThat(policy.allows("s3:PutObject", "arn:aws:s3:::lake/wh/t/f", Map.of()))
                .isFalse();
    }

    @Test
    void policyThatIsTooLargeEndsInASignatureOrAClearError() {
        source.maxLength = 10;
        StorageAccess access = access(true, true, false);

        assertThat(access.delegate(BOTH, table("s3://lake/wh/t"), TableAccess.WRITE)
                        .remoteSigning())
                .isTrue();
        assertThatThrownBy(() -> access.delegate(VENDED, table("s3://lake/wh/t"), TableAccess.WRITE))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED))
                .hasMessageContaining("shorter table location");
    }

    @Test
    void foldersElsewhereAreReachedOnlyIfAllowedAndNobodyElses() {
        Map<String, String> properties =
                Map.of("write.data.path", "s3://lake/wh/data", "write.metadata.path", "s3://lake/wh/of-another");
        StorageAccess.Subject table = table("s3://lake/wh/t", properties, folder -> !folder.endsWith("of-another"));

        access(false, false, false).delegate(VENDED, table, TableAccess.WRITE);
        Delegation wide = access(false, false, true).delegate(VENDED, table, TableAccess.WRITE);

        assertThat(source.policies.get(0)).contains("wh/t/*").doesNotContain("wh/data", "of-another");
        assertThat(source.policies.get(1)).contains("wh/t/*", "wh/data/*").doesNotContain("of-another");
        assertThat(wide.credentials().get(0).prefix()).isEqualTo("s3://lake/wh/");
    }

    @Test
    void locationOutsideOfTheWarehouseGetsNothing() {
        assertThatThrownBy(
                        () -> access(true, true, true).delegate(BOTH, table("s3://lake/elsewhere/t"), TableAccess.READ))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("must be below the warehouse");
        assertThat(source.policies).isEmpty();
    }

    @Test
    void fixedKeysAreTheLastChoice() {
        try (StorageAccess access =
                StorageAccess.open(WAREHOUSE, s3("http://store.test:9000"), DelegationSettings.STATIC, clock)) {
            Delegation delegation = access.delegate(BOTH, table("s3://lake/wh/t"), TableAccess.READ);

            assertThat(delegation.config()).containsEntry("s3.access-key-id", "server");
            assertThat(access.offersAnything()).isTrue();
            assertThat(access.delegate(
                            EnumSet.of(AccessMechanism.REMOTE_SIGNING), table("s3://lake/wh/t"), TableAccess.READ))
                    .isSameAs(Delegation.NONE);
        }
    }

    @Test
    void sourceIsClosedWithTheAccess() {
        access(false, false, false).close();
        assertThat(source.isClosed).isTrue();
    }

    @Test
    void unknownMechanismsAreLeftOut() {
        assertThat(AccessMechanism.parse(" Vended-Credentials , teleport,")).isEqualTo(VENDED);
        assertThat(AccessMechanism.parse("not-vended-credentials")).isEmpty();
    }

    @Test
    void answersOfTheTokenServiceAreTold() throws IOException {
        String[] code = {"PackedPolicyTooLarge"};
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body =
                    ("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                                    + "<Code>" + code[0] + "</Code><Message>m</Message></Error></ErrorResponse>")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(400, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.start();
        String endpoint = "http://127.0.0.1:" + service.getAddress().getPort();
        try (StsCredentialSource real = new StsCredentialSource(sts(endpoint), s3(endpoint), clock)) {
            assertThatThrownBy(() -> real.assume("{}"))
                    .isInstanceOf(PolicyTooLargeException.class)
                    .hasMessageContaining("session policy of 2 characters");
            code[0] = "AccessDenied";
            assertThatThrownBy(() -> real.assume("{}"))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL))
                    .hasMessageContaining("arn:aws:iam::1:role/r");
            assertThatThrownBy(() -> real.assume("x".repeat(2_049)))
                    .isInstanceOf(PolicyTooLargeException.class)
                    .hasMessageContaining("at most 2048");
        } finally {
            service.stop(0);
        }
    }

    @Test
    void tokenServiceThatDoesNotAnswerIsUnavailable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (StsCredentialSource real =
                new StsCredentialSource(sts("http://127.0.0.1:" + port), s3("http://127.0.0.1:" + port), clock)) {
            assertThatThrownBy(() -> real.assume("{}"))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                    .hasMessageContaining("cannot be reached");
        }
    }
}
