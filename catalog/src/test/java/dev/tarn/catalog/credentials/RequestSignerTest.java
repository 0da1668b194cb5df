package dev.tarn.catalog.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.Secret;
import dev.tarn.storage.S3Settings;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.requests.ImmutableRemoteSignRequest;
import org.apache.iceberg.rest.requests.RemoteSignRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSignerTest {
    private static final int REQUESTS = 100_000;
    private static final String SECRET = "a-secret-of-the-tests";
    private static final String STORE = "http://store.test:9000";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final TablePrefixes TABLE = new TablePrefixes("s3", "lake", List.of("w/t/"));
    private static final Pattern METADATA = Pattern.compile(".*\\.metadata\\.json(\\.gz)?");

    private final RequestSigner signer = signer(STORE, "us-east-1");

    private static RequestSigner signer(String endpoint, String region) {
        S3Settings s3 = new S3Settings(
                endpoint,
                region,
                true,
                Optional.of(new S3Settings.S3Keys("key", Secret.of(SECRET), Optional.empty())),
                false,
                true);
        return new RequestSigner(S3Endpoint.of(s3, "lake"), s3, CLOCK);
    }

    private static RemoteSignRequest request(
            String method, String uri, Map<String, List<String>> headers, String body) {
        return ImmutableRemoteSignRequest.builder()
                .method(method)
                .region("us-east-1")
                .uri(URI.create(uri))
                .headers(headers)
                .properties(Map.of())
                .body(body)
                .provider("s3")
                .build();
    }

    private RequestSigner.Signed sign(String method, String pathAndQuery) {
        return signer.sign(request(method, STORE + pathAndQuery, Map.of(), ""), TABLE, TableAccess.WRITE);
    }

    private void assertRefused(String method, String pathAndQuery) {
        assertThatThrownBy(() -> sign(method, pathAndQuery))
                .isInstanceOfAny(ForbiddenException.class, BadRequestException.class)
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void nothingSignedReachesBeyondTheTable() {
        long seed = System.nanoTime();
        System.out.println("seed of the hostile requests: " + seed);
        Outcome outcome = run(new Random(seed), TABLE);
        System.out.println("signed " + outcome.signed() + " of " + REQUESTS + " hostile requests");
        assertThat(outcome.wrong()).as("seed %s", seed).isEmpty();
        assertThat(outcome.signed()).isGreaterThan(REQUESTS / 50);
    }

    @Test
    void checkerCatchesASignerThatReachesTooFar() {
        Outcome outcome = run(new Random(1), new TablePrefixes("s3", "lake", List.of("w/")));
        assertThat(outcome.wrong()).isNotEmpty();
    }

    private record Outcome(List<String> wrong, int signed) {}

    private Outcome run(Random random, TablePrefixes allowed) {
        List<String> wrong = new ArrayList<>();
        int signed = 0;
        for (int i = 0; i < REQUESTS && wrong.size() < 5; i++) {
            TableAccess access = random.nextInt(4) == 0 ? TableAccess.READ : TableAccess.WRITE;
            RemoteSignRequest hostile;
            try {
                hostile = hostile(random);
            } catch (IllegalArgumentException e) {
                continue; // No URI at all: refused before it gets here.
            }
            RequestSigner.Signed answer;
            try {
                answer = signer.sign(hostile, allowed, access);
            } catch (ForbiddenException | BadRequestException e) {
                continue;
            }
            signed++;
            if (!isHarmless(hostile, answer, access)) {
                wrong.add(access + " " + hostile.method() + " " + hostile.uri() + " " + hostile.headers() + " -> "
                        + answer.uri() + " " + hostile.body());
            }
        }
        return new Outcome(wrong, signed);
    }

    private static boolean isHarmless(RemoteSignRequest hostile, RequestSigner.Signed answer, TableAccess access) {
        String authority = answer.uri().getRawAuthority();
        boolean right = authority.equals("store.test:9000") || authority.equals("lake.store.test:9000");
        boolean inHost = authority.startsWith("lake.");
        RequestSigner.Signed byPath = inHost
                ? new RequestSigner.Signed(
                        URI.create(answer.uri().toString().replaceFirst("//lake\\.[^/]*", "//h/lake")),
                        answer.headers(),
                        false)
                : answer;
        right &= SignedEffects.isSignatureOf(hostile.method(), answer, hostile.body(), SECRET);
        right &= answer.uri().normalize().equals(answer.uri());
        for (SignedEffects.Effect effect : SignedEffects.of(hostile.method(), byPath, hostile.body())) {
            boolean writes = effect.action().equals("write");
            right &= effect.bucket().equals("lake") && effect.key().startsWith("w/t/");
            right &= writes || effect.action().equals("read") || effect.action().equals("list");
            right &= !writes
                    || access == TableAccess.WRITE
                            && !METADATA.matcher(effect.key()).matches();
        }
        return right;
    }

    private static RemoteSignRequest hostile(Random random) {
        boolean ofBucket = random.nextInt(5) == 0;
        String method = pick(random, "GET", "GET", "HEAD", "PUT", "PUT", "POST", "POST", "DELETE", "PATCH");
        String host = random.nextInt(12) == 0
                ? pick(
                        random,
                        "http://evil.test",
                        "https://store.test:9000",
                        "http://store.test",
                        "http://u@store.test:9000",
                        "http://store.test:9000.evil.test",
                        "http://169.254.169.254",
                        "http://other.store.test:9000")
                : random.nextInt(3) == 0 ? "http://lake.store.test:9000" : STORE;
        String key = random.nextInt(6) == 0 ? HostileText.path(random, 3) : "w/t/data/f" + random.nextInt(9);
        if (random.nextInt(3) == 0) {
            key = HostileText.near(random, key);
        }
        if (random.nextInt(20) == 0) {
            key = "w/t/metadata/00001-x.metadata.json";
        }
        String bucket = random.nextInt(10) == 0 ? pick(random, "lake2", "LAKE", "", "lake/..", "%6cake") : "lake";
        String path = host.contains("lake.") ? "" : "/" + bucket;
        path += ofBucket ? pick(random, "", "/") : "/" + encoded(random, key);
        Map<String, List<String>> headers = new HashMap<>();
        if (random.nextInt(8) == 0) {
            headers.put(
                    pick(
                            random,
                            "x-amz-acl",
                            "X-Amz-Grant-Read",
                            "x-amz-copy-source",
                            "X-AMZ-Copy-Source",
                            "range",
                            "x-amz-tagging",
                            "x-amz-website-redirect-location",
                            "x-amz-meta-a",
                            "x-amz-bypass-governance-retention",
                            "x-amz-checksum-crc32",
                            "x-http-method-override"),
                    List.of(pick(
                            random,
                            "/lake/w/t/data/f",
                            "lake/w/t-2/f",
                            "/other/w/t/f",
                            "lake/w/t/../u/f",
                            "lake/w/t/%2e%2e/u/f",
                            "lake%2Fw%2Ft%2Ff",
                            "lake/w/t/f?versionId=1",
                            "bytes=0-1")));
        }
        boolean deletes = ofBucket && method.equals("POST") && random.nextInt(8) != 0;
        String query = deletes ? "?delete" : hostileQuery(random);
        return request(method, host + path + query, headers, deletes ? hostileBody(random) : "");
    }

    private static String hostileQuery(Random random) {
        if (random.nextInt(3) != 0) {
            return "";
        }
        StringBuilder query = new StringBuilder("?");
        int parameters = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
        for (int i = 0; i < parameters; i++) {
            query.append(i == 0 ? "" : "&")
                    .append(pick(
                            random,
                            "list-type=2",
                            "list-type=2&prefix=w/t/",
                            "list-type=2&prefix=w%2Ft%2Fdata",
                            "prefix=w/t",
                            "prefix=w/",
                            "prefix=",
                            "prefix=w/t/..",
                            "acl",
                            "policy",
                            "tagging",
                            "versions",
                            "versionId=1",
                            "website",
                            "retention",
                            "uploads",
                            "uploadId=u",
                            "partNumber=1&uploadId=u",
                            "delete",
                            "delete=",
                            "%64elete",
                            "x-id=GetObject",
                            "a+b",
                            "Delete",
                            "location",
                            "max-keys=9",
                            "delimiter=/",
                            "response-content-type=a"));
        }
        return query.toString();
    }

    private static String hostileBody(Random random) {
        String key = pick(
                random,
                "w/t/data/f",
                "w/t/data/g&amp;h",
                "w/t-2/f",
                "w/t/../u/f",
                "w/t/x.metadata.json",
                "w/t/<!-- -->../../u",
                "w/t/<![CDATA[../]]>u",
                "w/t/data/&#47;f",
                "&e;",
                "w/u/f",
                "w/t/data/h",
                "w/t/data/i");
        String object = pick(
                        random,
                        "<Object><Key>K</Key></Object>",
                        "<Object><Key>K</Key><Key>w/u/f</Key></Object>",
                        "<Object><Key>K</Key><VersionId>1</VersionId></Object>",
                        "<Object a=\"b\"><Key>K</Key></Object>",
                        "<Object><Key>K</Key></Object>",
                        "<x:Object xmlns:x=\"y\"><x:Key>K</x:Key></x:Object>",
                        "<Key>K</Key>")
                .replace("K", key)
                .replace("<" + key + "ey>", "<Key>");
        String head = pick(
                random,
                "",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
                "<!DOCTYPE a [<!ENTITY e \"w/u/f\">]>",
                "<!-- c -->");
        return head + "<Delete>" + object.repeat(1 + random.nextInt(2)) + pick(random, "", "<Quiet>true</Quiet>")
                + "</Delete>";
    }

    private static String encoded(Random random, String key) {
        StringBuilder encoded = new StringBuilder();
        int style = random.nextInt(5);
        key.codePoints().forEach(point -> {
            String character = Character.toString(point);
            boolean plain = character.matches("[A-Za-z0-9/._~-]");
            if (plain && (style != 0 || random.nextInt(3) != 0)) {
                encoded.append(character);
                return;
            }
            StringBuilder escaped = new StringBuilder();
            for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
                escaped.append("%%%02x".formatted(b & 0xff));
            }
            String text = random.nextBoolean()
                    ? escaped.toString()
                    : escaped.toString().toUpperCase(Locale.ROOT);
            encoded.append(style == 1 ? text.replace("%", "%25") : text);
        });
        return encoded.toString();
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/lake/w/t/f",
        "HEAD,/lake/w/t/f",
        "GET,/lake/w/t/f?partNumber=2",
        "PUT,/lake/w/t/f?x-id=PutObject",
        "PUT,/lake/w/t/f?partNumber=2&uploadId=u",
        "POST,/lake/w/t/f?uploads",
        "POST,/lake/w/t/f?uploadId=u",
        "DELETE,/lake/w/t/f",
        "DELETE,/lake/w/t/f?uploadId=u",
        "GET,/lake/w/t/f?uploadId=u",
        "GET,/lake?list-type=2&prefix=w%2Ft%2F&max-keys=1000",
    })
    void requestsOfAWriterAreSigned(String method, String path) {
        RequestSigner.Signed signed = sign(method, path);

        assertThat(SignedEffects.isSignatureOf(method, signed, "", SECRET)).isTrue();
        assertThat(signed.uri().getRawPath()).isEqualTo(path.replaceFirst("\\?.*", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /lake/w/t",
                "GET /lake/w/t-2/f",
                "GET /lake/w/t/",
                "GET /lake/w/t/%2e%2e/u/f",
                "GET /lake/w/t/../u/f",
                "GET /lake/w/t//f",
                "GET /lake/w/t%2F..%2Fu",
                "GET /other/w/t/f",
                "GET /lake/w/t/f?acl",
                "GET /lake/w/t/f?versionId=1",
                "GET /lake/w/t/f?tagging",
                "GET /lake?versions&prefix=w/t/",
                "GET /lake?list-type=2&prefix=w/t",
                "GET /lake?list-type=2",
                "GET /lake?prefix=w/t/",
                "GET /lake?policy",
                "PUT /lake/w/t/f?acl",
                "PUT /lake/w/t/metadata/00001-a.metadata.json",
                "DELETE /lake/w/t/metadata/00001-a.gz.metadata.json",
                "POST /lake/w/t/f?restore",
                "POST /lake?delete",
                "PATCH /lake/w/t/f",
                "DELETE /lake",
                "PUT /lake",
            })
    void everythingElseIsRefused(String request) {
        assertRefused(request.substring(0, request.indexOf(' ')), request.substring(request.indexOf(' ') + 1));
    }

    @Test
    void readerGetsNoSignatureThatWrites() {
        for (String method : List.of("PUT", "DELETE")) {
            assertThatThrownBy(() ->
                            signer.sign(request(method, STORE + "/lake/w/t/f", Map.of(), ""), TABLE, TableAccess.READ))
                    .isInstanceOf(ForbiddenException.class)
                    .hasMessageContaining("may read the table's files but not write them");
        }
    }

    @Test
    void copyIsAReadOfItsSource() {
        String target = STORE + "/lake/w/t/copy";
        Map<String, List<String>> own = Map.of("x-amz-copy-source", List.of("/lake/w/t/f%20g"));
        Map<String, List<String>> foreign = Map.of("x-amz-copy-source", List.of("/lake/w/u/f"));

        assertThat(signer.sign(request("PUT", target, own, ""), TABLE, TableAccess.WRITE)
                        .headers())
                .containsKey("x-amz-copy-source");
        assertThatThrownBy(() -> signer.sign(request("PUT", target, foreign, ""), TABLE, TableAccess.WRITE))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("none of the table's files");
    }

    @Test
    void bodyOfADeletionIsSigned() {
        String body =
                "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>w/t/a&amp;b</Key></Object></Delete>";

        RequestSigner.Signed signed =
                signer.sign(request("POST", STORE + "/lake?delete", Map.of(), body), TABLE, TableAccess.WRITE);

        assertThat(SignedEffects.isSignatureOf("POST", signed, body, SECRET)).isTrue();
        assertThat(SignedEffects.isSignatureOf("POST", signed, body + " ", SECRET))
                .isFalse();
        assertThat(signed.reusable()).isFalse();
    }

    @Test
    void onlyWhatTheStoreDemandsIsSigned() {
        Map<String, List<String>> headers = Map.of(
                "Range", List.of("bytes=0-9"), "User-Agent", List.of("u"), "amz-sdk-request", List.of("attempt=1"));

        RequestSigner.Signed signed =
                signer.sign(request("GET", STORE + "/lake/w/t/f", headers, ""), TABLE, TableAccess.WRITE);

        assertThat(signed.headers()).containsOnlyKeys("Authorization", "Host", "X-Amz-Date", "x-amz-content-sha256");
        assertThat(signed.reusable()).isTrue();
        assertThat(signed.toString()).doesNotContain("Signature");
    }

    @Test
    void awsIsReachedByPathAndByHostInTheRightRegion() {
        RequestSigner aws = signer("", "eu-west-1");
        for (String uri : List.of(
                "https://lake.s3.eu-west-1.amazonaws.com/w/t/f",
                "https://s3.eu-west-1.amazonaws.com/lake/w/t/f",
                "https://lake.s3.dualstack.eu-west-1.amazonaws.com/w/t/f",
                "https://lake.s3.amazonaws.com:443/w/t/f")) {
            RequestSigner.Signed signed = aws.sign(request("GET", uri, Map.of(), ""), TABLE, TableAccess.READ);
            assertThat(SignedEffects.isSignatureOf("GET", signed, "", SECRET))
                    .as(uri)
                    .isTrue();
            assertThat(signed.uri().getPort()).isEqualTo(-1);
        }
        for (String uri : List.of(
                "http://lake.s3.eu-west-1.amazonaws.com/w/t/f",
                "https://lake.s3.eu-west-1.amazonaws.com.evil.test/w/t/f",
                "https://x.lake.s3.eu-west-1.amazonaws.com/w/t/f",
                "https://lake.s3.us-east-1.amazonaws.com/w/t/f",
                "https://user@lake.s3.eu-west-1.amazonaws.com/w/t/f",
                "https://lake.s3.eu-west-1.amazonaws.com:8443/w/t/f")) {
            assertThatThrownBy(() -> aws.sign(request("GET", uri, Map.of(), ""), TABLE, TableAccess.READ))
                    .isInstanceOfAny(ForbiddenException.class, BadRequestException.class)
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void keyIsSignedInOneEncodingHoweverItIsSpelled() {
        String name = URLEncoder.encode("é +=&", StandardCharsets.UTF_8).replace("+", "%20");

        assertThat(sign("GET", "/lake/w/t/" + name).uri().getRawPath()).isEqualTo("/lake/w/t/%C3%A9%20%2B%3D%26");
        assertThat(sign("GET", "/lake/w/%74/%7e;,").uri().getRawPath()).isEqualTo("/lake/w/t/~%3B%2C");
    }
}
