package dev.tarn.catalog.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClientSecretsTest {
    private final ClientSecrets secrets = new ClientSecrets();

    @Test
    void aSecretIsKnownByItsHashAndTheHashDoesNotHoldIt() {
        Secret secret = secrets.generate();
        String hash = secrets.hash(secret);

        assertThat(hash).startsWith("pbkdf2$100000$").doesNotContain(secret.reveal());
        assertThat(secrets.hash(secret)).isNotEqualTo(hash);
        assertThat(secrets.matches(secret, hash)).isTrue();
        assertThat(secrets.matches(secrets.generate(), hash)).isFalse();
    }

    @Test
    void whoHasNoSecretCannotLogInWithAny() {
        assertThat(secrets.matches(Secret.of("anything"), "")).isFalse();
    }

    @Test
    void afterTenFailuresAClientHasToWaitAndOthersDoNot() {
        SettableClock clock = new SettableClock(Instant.EPOCH);
        FailedLogins failures = new FailedLogins(clock);
        for (int i = 0; i < FailedLogins.MAX_FAILURES; i++) {
            failures.check("a");
            failures.failed("a");
        }

        assertThatThrownBy(() -> failures.check("a"))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED))
                .hasMessage("This client failed to log in 10 times within PT1M; try again later");
        failures.check("b");

        clock.advance(Duration.ofSeconds(61));
        failures.check("a");
    }
}
