package dev.tarn.catalog.credentials;

import dev.tarn.storage.S3Settings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.rest.requests.RemoteSignRequest;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/** Signs requests of clients with the catalog's own keys, after deciding upon them. Thread-safe. */
public final class RequestSigner {
    private static final String SERVICE = "s3";

    private final S3Endpoint endpoint;
    private final AwsCredentialsProvider keys;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    RequestSigner(S3Endpoint endpoint, S3Settings s3, Clock clock) {
        this.endpoint = endpoint;
        this.keys = ServerKeys.of(s3);
        this.clock = clock;
    }

    /**
     * A request that is ready to be sent.
     *
     * @param uri the request's URI in the form that was signed
     * @param headers those that were signed, and the signature; the client's other headers stay as they are
     * @param reusable whether the same request may be sent again with this signature
     */
    public record Signed(URI uri, Map<String, List<String>> headers, boolean reusable) {
        /** Without the signature. */
        @Override
        public String toString() {
            return "Signed[" + uri + "]";
        }
    }

    Signed sign(RemoteSignRequest request, TablePrefixes table, TableAccess access) {
        S3Request taken = S3Request.of(request, endpoint);
        SigningRules.Operation operation = new SigningRules(table, access).check(taken);
        SdkHttpRequest unsigned = unsigned(taken);
        boolean withBody = operation == SigningRules.Operation.DELETE_MANY;
        AwsCredentials identity = keys.resolveCredentials();
        SignedRequest signed = signer.sign(sign -> sign.identity(identity)
                .request(unsigned)
                .payload(ContentStreamProvider.fromByteArray(
                        withBody ? taken.body().getBytes(StandardCharsets.UTF_8) : new byte[0]))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                .putProperty(AwsV4HttpSigner.REGION_NAME, endpoint.signingRegion(request.region()))
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, withBody)
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        return new Signed(
                uri(taken), new TreeMap<>(signed.request().headers()), operation == SigningRules.Operation.READ);
    }

    /**
     * What goes into the signature. Only headers that the store demands to be signed: a client may reuse the signature of
     * a read for another range, and what passes on the way may change the rest.
     */
    private SdkHttpRequest unsigned(S3Request taken) {
        SdkHttpRequest.Builder builder = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(taken.method()))
                // The signature does not cover the protocol, and for any other the signer insists on seeing the body.
                .protocol("https")
                .host(taken.host())
                .port(endpoint.port())
                .encodedPath(taken.path())
                .putHeader("Host", endpoint.hostHeader(taken.host()));
        taken.query().forEach(builder::putRawQueryParameter);
        taken.headers().forEach((name, values) -> {
            if (name.startsWith("x-amz-") && !SET_BY_SIGNER.contains(name)) {
                builder.putHeader(name, values);
            }
        });
        return builder.build();
    }

    private static final List<String> SET_BY_SIGNER =
            List.of("x-amz-date", "x-amz-content-sha256", "x-amz-security-token");

    private URI uri(S3Request taken) {
        String query = taken.encodedQuery();
        return URI.create(endpoint.scheme() + "://" + endpoint.hostHeader(taken.host()) + taken.path()
                + (query.isEmpty() ? "" : "?" + query));
    }
}
