package dev.tarn.catalog.credentials;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;

/**
 * Which requests are signed for a client that may access one table. What is not listed here is refused: other operations,
 * other parameters, other headers that the store gives a meaning.
 */
final class SigningRules {
    /** Names the operation for logs and dashboards; the store ignores it. */
    private static final String OPERATION_NAME = "x-id";

    private static final Set<String> LIST_PARAMETERS = Set.of(
            "list-type",
            "prefix",
            "delimiter",
            "continuation-token",
            "start-after",
            "max-keys",
            "encoding-type",
            "fetch-owner");

    /** Headers with a meaning to the store that change neither whose object it is nor who may see it. */
    private static final Pattern ALLOWED_HEADER = Pattern.compile("x-amz-(date|content-sha256|security-token"
            + "|checksum-.+|sdk-checksum-algorithm|decoded-content-length|trailer|mp-object-size|te"
            + "|server-side-encryption.*|storage-class|expected-bucket-owner|request-payer|user-agent"
            + "|copy-source|copy-source-range|copy-source-if-.+|metadata-directive|meta-.+)");

    private static final Pattern METADATA_FILE = Pattern.compile(".*\\.metadata\\.json(\\.gz)?|version-hint\\.text");

    private final TablePrefixes table;
    private final TableAccess access;

    SigningRules(TablePrefixes table, TableAccess access) {
        this.table = table;
        this.access = access;
    }

    /** What a signature is for. */
    enum Operation {
        /** Reads of an object, whose signatures a client may use again. */
        READ,
        /** Lists keys. */
        LIST,
        /** Writes or deletes an object or a part of one. */
        WRITE,
        /** Deletes the objects that the body names. */
        DELETE_MANY
    }

    /**
     * Decides upon a request.
     *
     * @throws ForbiddenException if it is not among those that the client may make
     * @throws BadRequestException if its body is malformed
     */
    Operation check(S3Request request) {
        checkHeaders(request.headers());
        if (request.headers().containsKey("x-amz-copy-source")
                && !request.method().equals("PUT")) {
            throw new ForbiddenException("Only a PUT may name a source to copy");
        }
        Set<String> parameters = new HashSet<>(request.query().keySet());
        parameters.remove(OPERATION_NAME);
        Operation operation = request.key().isEmpty() ? ofBucket(request, parameters) : ofObject(request, parameters);
        if (access == TableAccess.READ && operation != Operation.READ && operation != Operation.LIST) {
            throw new ForbiddenException("The caller may read the table's files but not write them");
        }
        return operation;
    }

    private Operation ofBucket(S3Request request, Set<String> parameters) {
        if (request.method().equals("GET")
                && "2".equals(request.query().get("list-type"))
                && LIST_PARAMETERS.containsAll(parameters)) {
            checkListed(request.query().getOrDefault("prefix", ""));
            return Operation.LIST;
        }
        if (request.method().equals("POST") && parameters.equals(Set.of("delete"))) {
            for (String key : DeletedKeys.parse(request.body())) {
                UriText.checkKey("key to delete", key);
                checkWritten(key);
            }
            return Operation.DELETE_MANY;
        }
        throw refused(request);
    }

    private Operation ofObject(S3Request request, Set<String> parameters) {
        checkInside(request.key());
        boolean part = parameters.equals(Set.of("partNumber", "uploadId"));
        boolean upload = parameters.equals(Set.of("uploadId"));
        switch (request.method()) {
            case "GET", "HEAD" -> {
                if (parameters.isEmpty() || parameters.equals(Set.of("partNumber"))) {
                    return Operation.READ;
                }
                if (request.method().equals("GET")
                        && parameters.contains("uploadId")
                        && Set.of("uploadId", "max-parts", "part-number-marker").containsAll(parameters)) {
                    return Operation.WRITE;
                }
            }
            case "PUT" -> {
                if (parameters.isEmpty() || part) {
                    checkWritten(request.key());
                    checkSource(request.headers());
                    return Operation.WRITE;
                }
            }
            case "POST" -> {
                if (parameters.equals(Set.of("uploads")) || upload) {
                    checkWritten(request.key());
                    return Operation.WRITE;
                }
            }
            case "DELETE" -> {
                if (parameters.isEmpty() || upload) {
                    checkWritten(request.key());
                    return Operation.WRITE;
                }
            }
            default -> throw refused(request);
        }
        throw refused(request);
    }

    private void checkInside(String key) {
        if (!table.contains(key)) {
            throw new ForbiddenException("The key '%s' is none of the table's files", key);
        }
    }

    private void checkWritten(String key) {
        checkInside(key);
        if (METADATA_FILE.matcher(key.substring(key.lastIndexOf('/') + 1)).matches()) {
            throw new ForbiddenException("Metadata files are written by the catalog only, not '%s'", key);
        }
    }

    private void checkListed(String prefix) {
        String folder = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        UriText.checkKey("prefix to list", folder);
        if (!table.containsAll(prefix)) {
            throw new ForbiddenException(
                    "The prefix '%s' is none of the table's folders, which end in a slash", prefix);
        }
    }

    private void checkSource(Map<String, List<String>> headers) {
        List<String> sources = headers.getOrDefault("x-amz-copy-source", List.of());
        if (sources.isEmpty()) {
            return;
        }
        String raw = sources.get(0).startsWith("/") ? sources.get(0).substring(1) : sources.get(0);
        if (sources.size() > 1 || raw.indexOf('+') >= 0 || raw.indexOf('?') >= 0) {
            throw new BadRequestException(
                    "The source to copy must be one percent-encoded key, without a version and without plus signs");
        }
        String source = UriText.decode("source to copy", raw);
        if (!source.startsWith(table.bucket() + "/")) {
            throw new ForbiddenException("The source to copy must be in the bucket '%s'", table.bucket());
        }
        String key = source.substring(table.bucket().length() + 1);
        UriText.checkKey("source to copy", key);
        checkInside(key);
    }

    private static void checkHeaders(Map<String, List<String>> headers) {
        for (String name : headers.keySet()) {
            if (name.startsWith("x-amz-") && !ALLOWED_HEADER.matcher(name).matches()) {
                throw new ForbiddenException("The catalog signs no request with the header '%s'", name);
            }
        }
    }

    private static ForbiddenException refused(S3Request request) {
        return new ForbiddenException(
                "The catalog signs no %s request with the parameters %s",
                request.method(), request.query().keySet());
    }
}
