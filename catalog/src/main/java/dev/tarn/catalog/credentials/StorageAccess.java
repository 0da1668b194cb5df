package dev.tarn.catalog.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.common.Closer;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.requests.RemoteSignRequest;

/**
 * Hands access to the files of single tables to clients, in the best way that the warehouse offers and the client knows:
 * temporary credentials, then signatures, then the catalog's own keys. Whoever calls has decided that the client may have
 * the access. Thread-safe; whoever opens it closes it.
 */
public final class StorageAccess implements AutoCloseable {
    /** Tables whose prefixes are remembered; some hundred bytes each. */
    private static final int MAX_PREFIXES = 50_000;

    private final WarehouseUri warehouse;
    private final S3Settings s3;
    private final DelegationSettings settings;
    private final TableLocations locations;
    private final CredentialCache credentials;
    private final Optional<CredentialSource> source;
    private final Optional<RequestSigner> signer;
    private final Closer closer = new Closer();
    private final Cache<String, TablePrefixes> prefixes =
            Caffeine.newBuilder().maximumSize(MAX_PREFIXES).build();

    private StorageAccess(
            WarehouseUri warehouse,
            S3Settings s3,
            DelegationSettings settings,
            Optional<CredentialSource> source,
            Clock clock) {
        this.warehouse = warehouse;
        this.s3 = s3;
        this.settings = settings;
        this.locations = new TableLocations(warehouse);
        this.credentials = new CredentialCache(clock);
        this.source = source;
        source.ifPresent(closer::register);
        this.signer = warehouse.isS3() && settings.remoteSigning()
                ? Optional.of(new RequestSigner(S3Endpoint.of(s3, warehouse.bucket()), s3, clock))
                : Optional.empty();
    }

    /** Access to the tables of one warehouse. */
    public static StorageAccess open(WarehouseUri warehouse, S3Settings s3, DelegationSettings settings, Clock clock) {
        Optional<CredentialSource> source = warehouse.isS3()
                ? settings.sts().map(sts -> new StsCredentialSource(sts, s3, clock))
                : Optional.empty();
        return new StorageAccess(warehouse, s3, settings, source, clock);
    }

    /** Access whose temporary credentials come from somewhere else, for tests. Takes ownership of the source. */
    static StorageAccess over(
            CredentialSource source, WarehouseUri warehouse, S3Settings s3, DelegationSettings settings, Clock clock) {
        return new StorageAccess(warehouse, s3, settings, Optional.of(source), clock);
    }

    /**
     * The table that access is for.
     *
     * @param metadataLocation its metadata file, which never changes; empty for a table that has none yet
     * @param metadata loads its metadata
     * @param isItsOwn whether a folder outside of its location is that of no other table or view
     * @param path where the catalog has it, relative to the catalog's own URI: {@code v1/namespaces/a/tables/b}
     */
    public record Subject(
            String metadataLocation, Supplier<TableMetadata> metadata, Predicate<String> isItsOwn, String path) {}

    /** Whether there is any client that gets something. */
    public boolean offersAnything() {
        return source.isPresent()
                || signer.isPresent()
                || (settings.vendStatic() && s3.keys().isPresent());
    }

    /**
     * What the client gets; {@link Delegation#NONE} where it asks for nothing that the warehouse offers.
     *
     * @throws dev.tarn.common.TarnException UNSUPPORTED if credentials cannot be narrowed down to the table, UNAVAILABLE
     *     or INTERNAL if the token service does not make any
     */
    public Delegation delegate(Set<AccessMechanism> asked, Subject table, TableAccess access) {
        if (!warehouse.isS3() || asked.isEmpty()) {
            return Delegation.NONE;
        }
        boolean vend = asked.contains(AccessMechanism.VENDED_CREDENTIALS);
        boolean sign = asked.contains(AccessMechanism.REMOTE_SIGNING) && signer.isPresent();
        if (vend && source.isPresent()) {
            try {
                return temporary(source.get(), table, access);
            } catch (PolicyTooLargeException e) {
                if (!sign) {
                    throw e;
                }
            }
        }
        if (sign) {
            return signing(table);
        }
        if (vend && settings.vendStatic() && s3.keys().isPresent()) {
            return fixed(table);
        }
        return Delegation.NONE;
    }

    /**
     * Signs one request of a client.
     *
     * @throws ForbiddenException if the request reaches beyond the table or the access
     * @throws org.apache.iceberg.exceptions.BadRequestException if it is malformed
     */
    public RequestSigner.Signed sign(RemoteSignRequest request, Subject table, TableAccess access) {
        return signer().sign(request, prefixes(table), access);
    }

    /** Signs one request for the files of a table that is not made yet; see {@link #sign}. */
    public RequestSigner.Signed signStaged(RemoteSignRequest request, String tableLocation, TableAccess access) {
        return signer().sign(request, TablePrefixes.of(tableLocation, locations), access);
    }

    @Override
    public void close() {
        closer.close();
    }

    private Delegation temporary(CredentialSource from, Subject table, TableAccess access) {
        TablePrefixes reach = prefixes(table);
        String partition = settings.sts().map(StsSettings::partition).orElse("aws");
        String policy = SessionPolicy.of(reach, access, partition);
        SessionCredentials made = credentials.find(policy, () -> from.assume(policy));
        Map<String, String> config = new LinkedHashMap<>();
        config.put("s3.access-key-id", made.accessKeyId());
        config.put("s3.secret-access-key", made.secretAccessKey().reveal());
        config.put("s3.session-token", made.sessionToken().reveal());
        config.put(
                "s3.session-token-expires-at-ms", Long.toString(made.expiresAt().toEpochMilli()));
        config.put("client.refresh-credentials-endpoint", table.path() + "/credentials");
        return new Delegation(
                "sts " + made.accessKeyId() + " " + made.servedUntil().toEpochMilli() + " " + table.path(),
                config,
                List.of(new Delegation.StorageCredential(reach.commonLocation(), config)),
                false,
                Map.of());
    }

    private static Delegation signing(Subject table) {
        String endpoint = table.path() + "/sign";
        return new Delegation(
                "sign " + endpoint,
                // Clients from 1.12 on find the endpoint themselves; the older ones and PyIceberg are told.
                Map.of("s3.remote-signing-enabled", "true", "s3.signer.endpoint", endpoint),
                List.of(),
                true,
                Map.of());
    }

    private Delegation fixed(Subject table) {
        Map<String, String> config = s3.credentialProperties();
        return new Delegation(
                "static " + table.path(),
                config,
                List.of(new Delegation.StorageCredential(prefixes(table).commonLocation(), config)),
                false,
                Map.of());
    }

    private RequestSigner signer() {
        return signer.orElseThrow(
                () -> new ForbiddenException("This warehouse does not sign requests ('s3.remote-signing-enabled')"));
    }

    private TablePrefixes prefixes(Subject table) {
        if (settings.pathsOutsideTable()) {
            // Not remembered: whose a folder is can change without the table.
            return TablePrefixes.of(table.metadata().get(), locations, table.isItsOwn());
        }
        if (table.metadataLocation().isEmpty()) {
            return ofLocation(table);
        }
        return prefixes.get(table.metadataLocation(), location -> ofLocation(table));
    }

    private TablePrefixes ofLocation(Subject table) {
        return TablePrefixes.of(table.metadata().get(), locations, outside -> false);
    }
}
