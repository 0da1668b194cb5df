package dev.tarn.catalog.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.credentials.StsSettings;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What clients get of a warehouse that says how, of one that says nothing, and of one with a store of its own. */
class WarehouseDelegationTest {
    private static final DelegationSettings SERVER = new DelegationSettings(
            Optional.of(new StsSettings(
                    "arn:aws:iam::1:role/server", "", "", Optional.empty(), StsSettings.DEFAULT_SESSION_DURATION)),
            true,
            true,
            true);

    private static DelegationSettings of(Map<String, String> properties) {
        return WarehouseProperties.read(properties).delegation(SERVER);
    }

    @Test
    void warehouseThatSaysNothingDoesAsTheServerDoes() {
        assertThat(of(Map.of("protected", "true"))).isEqualTo(SERVER);
    }

    @Test
    void warehouseSaysHowForItself() {
        DelegationSettings own =
                of(Map.of("s3.sts.role-arn", "arn:aws-cn:iam::2:role/own", "s3.sts.session-duration", "PT20M"));

        assertThat(own.sts()).hasValueSatisfying(sts -> {
            assertThat(sts.roleArn()).isEqualTo("arn:aws-cn:iam::2:role/own");
            assertThat(sts.sessionDuration()).isEqualTo(Duration.ofMinutes(20));
        });
        assertThat(own.remoteSigning()).isFalse();
        assertThat(WarehouseProperties.read(Map.of("s3.remote-signing-enabled", "true"))
                        .ownS3())
                .isEmpty();
    }

    @Test
    void roleOfTheServerIsNotForAnotherStore() {
        DelegationSettings other = of(Map.of("s3.endpoint", "http://other.test:9000"));

        assertThat(other).isEqualTo(DelegationSettings.STATIC);
    }

    @Test
    void sessionShorterThanAnyServiceAllowsIsRefused() {
        assertThatThrownBy(() -> of(Map.of("s3.sts.role-arn", "r", "s3.sts.session-duration", "PT1M")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("s3.sts.session-duration");
    }
}
