package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSAEncrypter;
import dev.tarn.catalog.auth.AuthMode;
import dev.tarn.catalog.auth.AuthSettings;
import dev.tarn.catalog.auth.IdentityProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way that is known to get past a token check, each by name, against a server that trusts a real provider. */
class BadTokensTest {
    private static final String HEADER = "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"rsa-1\"}";

    private static IdentityProvider provider;
    private static IdentityProvider stranger;
    private static RunningCatalog catalog;

    @BeforeAll
    static void start(@TempDir Path folder) {
        provider = IdentityProvider.start();
        stranger = IdentityProvider.start();
        catalog = RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS)
                        .with(new AuthSettings(
                                Set.of(AuthMode.OIDC),
                                Duration.ofHours(1),
                                "",
                                Optional.empty(),
                                "",
                                List.of(provider.issuer() + "#ada"),
                                Optional.of(provider.settings()))),
                database -> database);
    }

    @AfterAll
    static void stop() {
        catalog.close();
        provider.close();
        stranger.close();
    }

    @Test
    void goodTokensAreTaken() {
        assertThat(status("Bearer " + provider.token("ada", now()))).isEqualTo(200);
        assertThat(status("bearer " + provider.rs256("{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", claims())))
                .isEqualTo(200);
        assertThat(status("Bearer " + provider.es256("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}", claims())))
                .isEqualTo(200);
        assertThat(status("Bearer " + provider.rs256(HEADER, with("\"aud\":\"lake\"", "\"aud\":[\"other\",\"lake\"]"))))
                .isEqualTo(200);
    }

    @Test
    void whoBringsNothingIsToldHowToLogIn() {
        HttpResponse<String> refused = catalog.send("GET", "/v1/namespaces", "");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer realm=\"tarn\"");
        assertThat(refused.body()).contains("NotAuthorizedException").contains("A login is needed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"badSignatures", "badClaims"})
    void aBadTokenIsRefused(String name, String token) {
        HttpResponse<String> refused = catalog.send("GET", "/v1/namespaces", "", "Authorization", "Bearer " + token);

        assertThat(refused.statusCode()).as(name).isEqualTo(401);
        assertThat(refused.body()).contains("NotAuthorizedException").doesNotContain(token);
    }

    static Stream<Arguments> badSignatures() throws Exception {
        String unsigned = IdentityProvider.part(claims()) + ".";
        return Stream.of(
                arguments("alg none", IdentityProvider.part("{\"alg\":\"none\"}") + "." + unsigned),
                arguments("alg None", IdentityProvider.part("{\"alg\":\"None\"}") + "." + unsigned),
                arguments("alg empty", IdentityProvider.part("{\"alg\":\"\"}") + "." + unsigned),
                arguments("alg missing", IdentityProvider.part("{\"kid\":\"rsa-1\"}") + "." + unsigned),
                arguments("HS256 with the RSA public key", publicKeyAsSecret()),
                arguments("ES256 with r = s = 0", zeroSignature()),
                arguments(
                        "embedded jwk",
                        header("\"jwk\":" + stranger.rsaKey().toPublicJWK().toJSONString(), stranger)),
                arguments("jku", header("\"jku\":\"" + stranger.issuer() + "/keys\"", stranger)),
                arguments("x5u", header("\"x5u\":\"" + stranger.issuer() + "/keys\"", stranger)),
                arguments("x5c", header("\"x5c\":[\"MIIB\"]", stranger)),
                arguments(
                        "jwk of the provider itself",
                        header("\"jwk\":" + provider.rsaKey().toPublicJWK().toJSONString(), provider)),
                arguments("kid that is a path", kid("../../../../dev/null")),
                arguments("kid that is SQL", kid("' OR '1'='1")),
                arguments("kid that is a URL", kid("http://127.0.0.1/keys")),
                arguments("kid of 8 kB", kid("x".repeat(8_000))),
                arguments("unknown kid", kid("rsa-2")),
                arguments("unknown crit", header("\"crit\":[\"x\"],\"x\":1", provider)),
                arguments("b64 false", header("\"crit\":[\"b64\"],\"b64\":false", provider)));
    }

    static Stream<Arguments> badClaims() throws Exception {
        return Stream.of(
                arguments("no exp", signed("\"exp\":", "\"expired\":")),
                arguments("past exp", replaced("\"exp\":\\d+", "\"exp\":" + (now() - 31))),
                arguments("far-future nbf", replaced("\"nbf\":\\d+", "\"nbf\":" + (now() + 1000))),
                arguments("far-future iat", replaced("\"iat\":\\d+", "\"iat\":" + (now() + 1000))),
                arguments("exp as a string", replaced("\"exp\":(\\d+)", "\"exp\":\"$1\"")),
                arguments("exp of 1e300", replaced("\"exp\":\\d+", "\"exp\":1e300")),
                arguments("negative exp", replaced("\"exp\":\\d+", "\"exp\":-1")),
                arguments("wrong iss", signed(provider.issuer(), "https://idp.example/realm")),
                arguments("iss with a slash more", signed("/realm\"", "/realm/\"")),
                arguments("iss with https", signed("http://", "https://")),
                arguments("no iss", signed("\"iss\":", "\"issued\":")),
                arguments("no aud", signed("\"aud\":", "\"audience\":")),
                arguments("other aud", signed("\"lake\"", "\"pond\"")),
                arguments("aud with other case", signed("\"lake\"", "\"Lake\"")),
                arguments("foreign list of aud", signed("\"lake\"", "[\"pond\",\"river\"]")),
                arguments("aud of another type", signed("\"lake\"", "[\"lake\",1]")),
                arguments("no sub", signed("\"sub\":", "\"subject\":")),
                arguments("sub of another type", signed("\"ada\"", "1")),
                arguments("ID token by nonce", signed("\"aud\":", "\"nonce\":\"n\",\"aud\":")),
                arguments("ID token by type claim", signed("\"aud\":", "\"typ\":\"ID\",\"aud\":")),
                arguments(
                        "ID token by header",
                        provider.rs256("{\"alg\":\"RS256\",\"typ\":\"id+jwt\",\"kid\":\"rsa-1\"}", claims())),
                arguments("same sub of another provider", stranger.token("ada", now())),
                arguments("this issuer, signed by another provider", stranger.rs256(HEADER, claims())),
                arguments("duplicate claims", signed("\"sub\":", "\"sub\":\"eve\",\"sub\":")),
                arguments(
                        "duplicate header",
                        provider.rs256("{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"rsa-1\"}", claims())),
                arguments("JWE", encrypted()),
                arguments(
                        "nested",
                        provider.rs256(
                                "{\"alg\":\"RS256\",\"cty\":\"JWT\",\"kid\":\"rsa-1\"}", provider.token("ada", now()))),
                arguments("payload that is no object", provider.rs256(HEADER, "[" + claims() + "]")),
                arguments("trailing garbage in the payload", provider.rs256(HEADER, claims() + "{}")),
                arguments("truncated signature", good(token -> token.substring(0, token.length() - 8))),
                arguments("no signature", good(token -> token.substring(0, token.lastIndexOf('.') + 1))),
                arguments("two parts", good(token -> token.substring(0, token.lastIndexOf('.')))),
                arguments("four parts", good(token -> token + ".x")),
                arguments("another payload", good(BadTokensTest::otherSubject)),
                arguments(
                        "RS256 key named for ES256", provider.rs256("{\"alg\":\"ES256\",\"kid\":\"rsa-1\"}", claims())),
                arguments("EC key named for RS256", provider.es256("{\"alg\":\"RS256\",\"kid\":\"ec-1\"}", claims())),
                arguments("EC key of another curve", provider.es256("{\"alg\":\"ES384\",\"kid\":\"ec-1\"}", claims())));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void aTokenInTheWrongPlaceIsRefused(String name, String path, List<String> headers) throws IOException {
        assertThat(rawStatus(path, headers)).as(name).isIn(400, 401, 431);
    }

    static Stream<Arguments> badHeaders() {
        String token = provider.token("ada", now());
        String bearer = "Authorization: Bearer " + token;
        return Stream.of(
                arguments("in the query", "/v1/namespaces?access_token=" + token, List.of()),
                arguments("two headers", "/v1/namespaces", List.of(bearer, bearer)),
                arguments("two headers, one empty", "/v1/namespaces", List.of(bearer, "Authorization:")),
                arguments("Basic", "/v1/namespaces", List.of("Authorization: Basic YWRhOmFkYQ==")),
                arguments("no scheme", "/v1/namespaces", List.of("Authorization: " + token)),
                arguments("two spaces", "/v1/namespaces", List.of("Authorization: Bearer  " + token)),
                arguments("a tab", "/v1/namespaces", List.of("Authorization: Bearer\t" + token)),
                arguments("more behind it", "/v1/namespaces", List.of(bearer + " x")),
                arguments("a comma", "/v1/namespaces", List.of(bearer + "," + token)),
                arguments("quotes", "/v1/namespaces", List.of("Authorization: Bearer \"" + token + "\"")),
                arguments("64 kB", "/v1/namespaces", List.of("Authorization: Bearer " + "x".repeat(64 * 1024))),
                arguments("20 kB", "/v1/namespaces", List.of("Authorization: Bearer " + "x".repeat(20 * 1024))));
    }

    private static int rawStatus(String path, List<String> headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", catalog.server().uri().getPort())) {
            socket.setSoTimeout(10_000);
            String head = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + String.join(
                            "", headers.stream().map(line -> line + "\r\n").toList()) + "\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                line.write(c);
            }
            return Integer.parseInt(line.toString(StandardCharsets.US_ASCII).split(" ")[1]);
        }
    }

    private static int status(String authorization) {
        return catalog.send("GET", "/v1/namespaces", "", "Authorization", authorization)
                .statusCode();
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static String claims() {
        return provider.claims("ada", now());
    }

    private static String with(String target, String replacement) {
        String claims = claims();
        assertThat(claims).contains(target);
        return claims.replace(target, replacement);
    }

    private static String signed(String target, String replacement) {
        return provider.rs256(HEADER, with(target, replacement));
    }

    private static String replaced(String pattern, String replacement) {
        return provider.rs256(HEADER, claims().replaceFirst(pattern, replacement));
    }

    private static String header(String more, IdentityProvider signer) {
        return signer.rs256("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",%s}".formatted(more), claims());
    }

    private static String kid(String kid) {
        return provider.rs256("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(kid), claims());
    }

    private static String good(Function<String, String> spoil) {
        return spoil.apply(provider.token("ada", now()));
    }

    private static String otherSubject(String token) {
        String[] parts = token.split("\\.");
        return parts[0] + "." + IdentityProvider.part(provider.claims("eve", now())) + "." + parts[2];
    }

    private static String publicKeyAsSecret() throws GeneralSecurityException, JOSEException {
        String input =
                IdentityProvider.part("{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}") + "." + IdentityProvider.part(claims());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(provider.rsaKey().toRSAPublicKey().getEncoded(), "HmacSHA256"));
        return input + "." + IdentityProvider.part(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String zeroSignature() {
        return IdentityProvider.part("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}") + "." + IdentityProvider.part(claims())
                + "." + IdentityProvider.part(new byte[64]);
    }

    private static String encrypted() throws JOSEException {
        JWEObject jwe = new JWEObject(
                new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM)
                        .keyID("rsa-1")
                        .build(),
                new Payload(claims()));
        jwe.encrypt(new RSAEncrypter(provider.rsaKey().toRSAPublicKey()));
        return jwe.serialize();
    }
}
