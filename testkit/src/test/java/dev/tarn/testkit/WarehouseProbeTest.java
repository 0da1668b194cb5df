package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseProbe;
import dev.tarn.storage.WarehouseUri;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WarehouseProbeTest {
    private final S3Settings good = S3Fixture.shared().settings();

    @Test
    void acceptsAWarehouseThatAnswers() {
        assertThatCode(() -> WarehouseProbe.check(S3Fixture.shared().warehouse(), good))
                .doesNotThrowAnyException();
    }

    @Test
    void namesAnEndpointThatDoesNotAnswer() {
        S3Settings unreachable = new S3Settings("http://127.0.0.1:1", "us-east-1", true, good.keys(), false, true);

        assertThatThrownBy(() -> WarehouseProbe.check(new WarehouseUri("s3://lake/wh"), unreachable))
                .isInstanceOf(TarnException.class)
                .hasMessageStartingWith("Cannot reach the warehouse s3://lake/wh at http://127.0.0.1:1 (");
    }

    @Test
    void namesKeysThatTheStoreRefuses() {
        String keyId = good.keys().orElseThrow().accessKeyId();
        S3Settings wrong = new S3Settings(
                good.endpoint(),
                good.region(),
                good.pathStyle(),
                Optional.of(new S3Settings.S3Keys(keyId, Secret.of("not-the-secret-key"), Optional.empty())),
                false,
                true);

        assertThatThrownBy(() -> WarehouseProbe.check(S3Fixture.shared().warehouse(), wrong))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("refused the credentials (SignatureDoesNotMatch)");
    }

    @Test
    void namesABucketThatDoesNotExist() {
        assertThatThrownBy(() -> WarehouseProbe.check(new WarehouseUri("s3://no-such-bucket-here/wh"), good))
                .isInstanceOf(TarnException.class)
                .hasMessage(
                        "The bucket 'no-such-bucket-here' of the warehouse s3://no-such-bucket-here/wh does not exist;"
                                + " make it or choose another warehouse");
    }
}
