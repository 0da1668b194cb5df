package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.TableFolders;
import dev.tarn.catalog.credentials.AccessMechanism;
import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.credentials.RequestSigner;
import dev.tarn.catalog.credentials.StorageAccess;
import dev.tarn.catalog.credentials.TableAccess;
import dev.tarn.catalog.model.ObjectName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.rest.requests.RemoteSignRequest;

/** Gives a caller the access to a table's files that the request asks for and the privileges allow. Thread-safe. */
final class DelegatedAccess {
    /** Under this name clients send the pass of a staged table along with what they want to have signed. */
    private static final String STAGED = "staged-table";

    private final StorageAccess storage;
    private final MetadataFiles files;
    private final TableFolders folders;
    private final StagedPasses passes;

    DelegatedAccess(StorageAccess storage, MetadataFiles files, TableFolders folders, StagedPasses passes) {
        this.storage = storage;
        this.files = files;
        this.folders = folders;
        this.passes = passes;
    }

    /** To a table that the catalog has; nothing for a caller who may not read its data. */
    Delegation of(RestRequest request, String metadataLocation) {
        return of(request, request.accessDelegation(), metadataLocation, metadata(metadataLocation));
    }

    /** To a table that exists nowhere yet; nothing for a caller who may not read its data. */
    Delegation ofStaged(RestRequest request, String metadataJson) {
        if (request.accessDelegation().isEmpty()) {
            return Delegation.NONE;
        }
        TableMetadata metadata = TableMetadataParser.fromJson(metadataJson);
        Delegation delegation = of(request, request.accessDelegation(), "", () -> metadata);
        return delegation.remoteSigning()
                ? delegation.withSigningProperties(
                        Map.of(STAGED, passes.issue(request, request.target(), metadata.location())))
                : delegation;
    }

    /** Credentials to a table that the path names, asked for by an operation of its own. */
    Delegation refreshed(RestRequest request, String metadataLocation) {
        Set<AccessMechanism> asked = Set.of(AccessMechanism.VENDED_CREDENTIALS);
        return of(request, asked, metadataLocation, metadata(metadataLocation));
    }

    /** What the request asks for to read the files of a plan, as a JSON array; empty if nothing. */
    String storageCredentials(RestRequest request, String metadataLocation) {
        Delegation delegation = of(request, metadataLocation);
        return delegation.holdsCredentials() ? Json.text(Json.storageCredentials(delegation)) : "";
    }

    /** Signs a request for a caller who may read the data of the table that the path names. */
    RequestSigner.Signed sign(RestRequest request, RemoteSignRequest unsigned, String metadataLocation) {
        ObjectName table = request.table();
        TableAccess access = allowed(request, table).orElse(TableAccess.READ);
        return storage.sign(unsigned, subject(request, table, metadataLocation, metadata(metadataLocation)), access);
    }

    /**
     * Signs a request for a caller who staged the table that the path names; absent if the caller did not, or somebody
     * else has the location by now.
     */
    Optional<RequestSigner.Signed> signStaged(RestRequest request, RemoteSignRequest unsigned) {
        ObjectName table = request.table();
        return Optional.ofNullable(unsigned.properties().get(STAGED))
                .flatMap(pass -> passes.location(request, table, pass))
                .filter(location -> !folders.isOthers(location, ""))
                .map(location -> storage.signStaged(
                        unsigned, location, allowed(request, table).orElse(TableAccess.READ)));
    }

    private Delegation of(
            RestRequest request,
            Set<AccessMechanism> asked,
            String metadataLocation,
            Supplier<TableMetadata> metadata) {
        if (asked.isEmpty() || !storage.offersAnything()) {
            return Delegation.NONE;
        }
        ObjectName table = request.target();
        Delegation delegation = allowed(request, table)
                .map(access -> storage.delegate(asked, subject(request, table, metadataLocation, metadata), access))
                .orElse(Delegation.NONE);
        if (delegation.holdsCredentials()) {
            request.noteHandedOut("read-credentials", Securable.table(table));
        }
        return delegation;
    }

    private Supplier<TableMetadata> metadata(String location) {
        return () -> files.load(location).metadata();
    }

    private static Optional<TableAccess> allowed(RestRequest request, ObjectName table) {
        Securable securable = Securable.table(table);
        if (request.may(Privilege.TABLE_WRITE_DATA, securable)) {
            return Optional.of(TableAccess.WRITE);
        }
        return request.may(Privilege.TABLE_READ_DATA, securable) ? Optional.of(TableAccess.READ) : Optional.empty();
    }

    private StorageAccess.Subject subject(
            RestRequest request, ObjectName table, String metadataLocation, Supplier<TableMetadata> metadata) {
        // In the one encoding of the names, however the client spells them: the path becomes part of what is cached.
        String path = request.base() + "/namespaces/" + PathDecoder.encode(String.join("\u001f", table.namespace()))
                + "/tables/" + PathDecoder.encode(table.name());
        return new StorageAccess.Subject(
                metadataLocation, metadata, folder -> !folders.isOthers(folder, metadataLocation), path);
    }
}
