package dev.tarn.catalog.credentials;

import dev.tarn.storage.S3Settings;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;

/**
 * Where the bucket of a warehouse is reached: as a host of its own, or as the first part of the path.
 *
 * @param scheme http or https
 * @param host host of the store; empty for AWS, whose hosts depend on the region
 * @param port port of the store
 * @param region region of the bucket; empty where the client names it
 * @param bucket the bucket
 */
record S3Endpoint(String scheme, String host, int port, String region, String bucket) {
    private static final String HTTPS = "https";
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    static S3Endpoint of(S3Settings s3, String bucket) {
        if (s3.endpoint().isEmpty()) {
            return new S3Endpoint(HTTPS, "", HTTPS_PORT, s3.region(), bucket);
        }
        URI uri = URI.create(s3.endpoint());
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost() == null ? "" : uri.getHost();
        return new S3Endpoint(scheme, host.toLowerCase(Locale.ROOT), port(scheme, uri.getPort()), s3.region(), bucket);
    }

    /** How a request reaches the bucket. */
    enum Style {
        /** The path begins with the bucket. */
        PATH,
        /** The host begins with the bucket. */
        HOST
    }

    /**
     * Checks that a request goes to this store over the right protocol.
     *
     * @throws ForbiddenException if it goes anywhere else
     */
    Style style(URI uri, String requestRegion) {
        String given = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new BadRequestException("The URI to sign must have neither user nor fragment");
        }
        if (!scheme.equalsIgnoreCase(uri.getScheme()) || port(scheme, uri.getPort()) != port) {
            throw elsewhere(given);
        }
        for (String known : hosts(requestRegion)) {
            if (given.equals(known)) {
                return Style.PATH;
            }
            if (given.equals(bucket + "." + known)) {
                return Style.HOST;
            }
        }
        throw elsewhere(given);
    }

    /** The region that signatures are for. */
    String signingRegion(String requestRegion) {
        return region.isEmpty() ? requestRegion : region;
    }

    /** The header {@code Host} of a request to a host of this store. */
    String hostHeader(String requestHost) {
        boolean standard = port == (scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT);
        return standard ? requestHost : requestHost + ":" + port;
    }

    private Set<String> hosts(String requestRegion) {
        if (!host.isEmpty()) {
            return Set.of(host);
        }
        String name = signingRegion(requestRegion);
        if (!name.matches("[a-z0-9-]{1,32}")) {
            throw new BadRequestException("The region '%s' is none of AWS", name);
        }
        String domain = name.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
        Set<String> hosts = new TreeSet<>();
        hosts.add("s3." + name + domain);
        hosts.add("s3-" + name + domain);
        hosts.add("s3.dualstack." + name + domain);
        hosts.add("s3-fips." + name + domain);
        hosts.add("s3-fips.dualstack." + name + domain);
        hosts.add("s3" + domain);
        return hosts;
    }

    private ForbiddenException elsewhere(String given) {
        return new ForbiddenException(
                "The catalog signs requests to the bucket '%s' at its own store only, not to '%s'", bucket, given);
    }

    private static int port(String scheme, int given) {
        if (given >= 0) {
            return given;
        }
        return scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT;
    }
}
