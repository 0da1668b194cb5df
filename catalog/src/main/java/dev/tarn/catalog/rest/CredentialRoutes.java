package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.credentials.RequestSigner;
import dev.tarn.catalog.http.Response;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.requests.RemoteSignRequest;

/** The operations that give access to the files of a table: refreshed credentials and signatures. Thread-safe. */
final class CredentialRoutes {
    /** The only store that requests are signed for. */
    private static final String PROVIDER = "s3";

    private final TableService tables;
    private final DelegatedAccess access;

    CredentialRoutes(TableService tables, DelegatedAccess access) {
        this.tables = tables;
        this.access = access;
    }

    List<Route> routes() {
        String table = "/v1/{prefix}/namespaces/{namespace}/tables/{table}";
        return List.of(
                Route.of("GET", table + "/credentials", Privilege.TABLE_READ_DATA, this::refresh),
                Route.of("POST", table + "/sign", Privilege.TABLE_READ_DATA, this::sign));
    }

    /** The parameters planId and referenced-by are taken and change nothing: the credentials reach the whole table. */
    private Response refresh(RestRequest request) {
        Delegation delegation = access.refreshed(request, metadataLocation(request));
        ObjectNode body = Json.object();
        body.set("storage-credentials", Json.storageCredentials(delegation));
        return Response.of(
                200, Map.of("content-type", "application/json", "cache-control", "no-store"), Json.bytes(body));
    }

    private Response sign(RestRequest request) {
        RemoteSignRequest unsigned = Json.read(request.http().body(), RemoteSignRequest.class);
        if (unsigned.provider() != null && !unsigned.provider().equals(PROVIDER)) {
            throw new BadRequestException(
                    "Requests to the provider '%s' cannot be signed, only to '%s'", unsigned.provider(), PROVIDER);
        }
        RequestSigner.Signed signed = sign(request, unsigned);
        ObjectNode body = Json.object();
        body.put("uri", signed.uri().toString());
        body.set("headers", Json.node(signed.headers()));
        // Spelled in this way for clients up to 1.11, which look for these very letters.
        String cacheControl = signed.reusable() ? "private" : "no-cache";
        return Response.of(
                200, Map.of("content-type", "application/json", "Cache-Control", cacheControl), Json.bytes(body));
    }

    private RequestSigner.Signed sign(RestRequest request, RemoteSignRequest unsigned) {
        String metadataLocation;
        try {
            metadataLocation = metadataLocation(request);
        } catch (NoSuchTableException e) {
            return access.signStaged(request, unsigned).orElseThrow(() -> e);
        }
        return access.sign(request, unsigned, metadataLocation);
    }

    private String metadataLocation(RestRequest request) {
        return tables.find(request.table()).metadataLocation();
    }
}
