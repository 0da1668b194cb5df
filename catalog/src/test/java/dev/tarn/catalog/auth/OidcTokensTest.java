package dev.tarn.catalog.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of an identity provider as time goes by, by a clock that the test moves. */
class OidcTokensTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final SettableClock clock = new SettableClock(START);
    private IdentityProvider provider;
    private BearerLogin login;

    @BeforeEach
    void start() {
        provider = IdentityProvider.start();
        login = login();
    }

    @AfterEach
    void stop() {
        provider.close();
    }

    @Test
    void theCallerIsIssuerAndSubjectTogetherWithTheRolesOfTheToken() {
        Caller caller = authenticate(provider.token("ada", START.getEpochSecond()));

        assertThat(caller.principal()).isEqualTo(provider.issuer() + "#ada");
        assertThat(caller.roles()).containsExactly("readers");
    }

    @Test
    void anExpiryIsForgivenForThirtySecondsAndNoLonger() {
        String token = provider.token("ada", START.getEpochSecond());
        clock.advance(Duration.ofSeconds(3600 + 29));
        assertThat(authenticate(token).principal()).endsWith("#ada");

        clock.advance(Duration.ofSeconds(2));

        refused(token, "The token is expired");
    }

    @Test
    void aStartThatIsAheadIsForgivenForThirtySecondsAndNoMore() {
        assertThat(authenticate(provider.token("ada", START.getEpochSecond() + 29))
                        .principal())
                .endsWith("#ada");

        refused(provider.token("ada", START.getEpochSecond() + 31), "The token is not valid yet");
    }

    @Test
    void aRememberedTokenIsForgottenWhenItExpires() {
        String token = provider.token("ada", START.getEpochSecond() - 3600 + 5 - 30);
        assertThat(authenticate(token).principal()).endsWith("#ada");

        clock.advance(Duration.ofSeconds(6));

        refused(token, "The token is expired");
    }

    @Test
    void keysThatDoNotExistAreLookedForOnceInThirtySeconds() {
        authenticate(provider.token("ada", START.getEpochSecond()));
        assertThat(provider.fetches()).isEqualTo(1);

        for (int i = 0; i < 10_000; i++) {
            String header = "{\"alg\":\"RS256\",\"kid\":\"unknown-%d\"}".formatted(i);
            String token = IdentityProvider.part(header) + "."
                    + IdentityProvider.part(provider.claims("eve", START.getEpochSecond())) + ".c2ln";
            refused(token, "The token is signed with an unknown key");
        }

        assertThat(provider.fetches()).isEqualTo(1);
    }

    @Test
    void aNewKeyCountsWithinAMinuteAndAWithdrawnOneNoLonger() {
        String old = provider.token("ada", START.getEpochSecond());
        authenticate(old);
        provider.rotate("rsa-2");
        String fresh = provider.token("ada", START.getEpochSecond());

        clock.advance(Duration.ofSeconds(30));
        assertThat(authenticate(fresh).principal()).endsWith("#ada");
        clock.advance(Duration.ofSeconds(25));

        refused(old, "The token is signed with an unknown key");
    }

    @Test
    void knownKeysGoOnWhileTheProviderIsDown() {
        authenticate(provider.token("ada", START.getEpochSecond()));
        provider.answers(IdentityProvider.Answer.ERROR);

        for (int minute = 0; minute < 60; minute++) {
            clock.advance(Duration.ofMinutes(1));
            assertThat(authenticate(provider.token("ada", clock.instant().getEpochSecond()))
                            .principal())
                    .endsWith("#ada");
        }
    }

    @ParameterizedTest
    @EnumSource(value = IdentityProvider.Answer.class, names = "KEYS", mode = EnumSource.Mode.EXCLUDE)
    void keysThatComeInNoTrustedWayLetNobodyIn(IdentityProvider.Answer answer) {
        provider.answers(answer);

        refused(
                provider.token("ada", START.getEpochSecond()),
                "The login cannot be checked, since the keys of the identity provider cannot be read; try again");
        assertThat(provider.fetches()).isEqualTo(1);
    }

    @Test
    void aProviderWithoutAnAudienceIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new OidcSettings(provider.issuer(), List.of(), "", OidcSettings.ALGORITHMS, "sub", ""))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("catalog.auth.oidc.audience");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://idp.example/realm", "ftp://127.0.0.1/x", "https://user:word@idp.example", "no uri"})
    void aProviderThatOthersCouldImpersonateIsRefusedAtTheStart(String issuer) {
        assertThatThrownBy(() -> new OidcSettings(issuer, List.of("lake"), "", OidcSettings.ALGORITHMS, "sub", ""))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("must be an https address, or http on loopback");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "none", "EdDSA"})
    void anAlgorithmThatIsNoneOfTheAcceptedOnesIsRefusedAtTheStart(String algorithm) {
        assertThatThrownBy(() -> new OidcSettings(provider.issuer(), List.of("lake"), "", Set.of(algorithm), "sub", ""))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("catalog.auth.oidc.algorithms");
    }

    private BearerLogin login() {
        OidcSettings settings = provider.settings();
        return new BearerLogin(
                Optional.empty(), Optional.of(new OidcTokens(settings, new RemoteKeys(settings, clock), clock)), clock);
    }

    private Caller authenticate(String token) {
        return login.authenticate(Optional.of("Bearer " + token));
    }

    private void refused(String token, String reason) {
        assertThatThrownBy(() -> authenticate(token))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED))
                .hasMessage(reason);
    }
}
