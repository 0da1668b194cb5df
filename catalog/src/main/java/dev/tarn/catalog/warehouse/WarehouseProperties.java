package dev.tarn.catalog.warehouse;

import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.Setting;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that can be set for one warehouse, read from its properties.
 *
 * @param policies how its objects live and end
 * @param ownS3 how its store is reached; absent if in the way that the server's settings say
 * @param ownDelegation what clients get that ask for access to files; absent if the properties do not say
 */
public record WarehouseProperties(
        WarehousePolicies policies, Optional<S3Settings> ownS3, Optional<DelegationSettings> ownDelegation) {
    /** Values that are stored sealed and never shown. */
    public static final Set<String> SECRETS = Set.of("s3.secret-access-key", "s3.session-token");

    /** What is shown in the place of a secret. */
    static final String HIDDEN = "***";

    /** Longer than any endpoint or token. */
    private static final int MAX_VALUE_LENGTH = 4_096;

    private static final String S3_PREFIX = "s3.";

    /**
     * Reads properties in clear.
     *
     * @throws TarnException INVALID naming the key, the value and what is allowed
     */
    public static WarehouseProperties read(Map<String, String> properties) {
        properties.forEach((key, value) -> {
            if (value.length() > MAX_VALUE_LENGTH) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Warehouse property '%s' may have at most %d characters".formatted(key, MAX_VALUE_LENGTH));
            }
        });
        SettingsReader reader = SettingsReader.of(properties);
        try {
            WarehousePolicies policies = WarehousePolicies.from(reader);
            S3Settings s3 = S3Settings.from(reader);
            DelegationSettings delegation = DelegationSettings.from(reader);
            refuseUnknown(properties, reader);
            boolean own = properties.keySet().stream()
                    .anyMatch(key -> key.startsWith(S3_PREFIX) && !DelegationSettings.isKey(key));
            boolean delegates = properties.keySet().stream().anyMatch(DelegationSettings::isKey);
            return new WarehouseProperties(
                    policies,
                    own ? Optional.of(s3) : Optional.empty(),
                    delegates ? Optional.of(delegation) : Optional.empty());
        } catch (TarnException e) {
            String message = Optional.ofNullable(e.getMessage()).orElse("");
            throw new TarnException(
                    e.kind(),
                    message.replace(" from the command line", "").replaceFirst("^Settings? '", "Warehouse property '"),
                    e);
        }
    }

    /**
     * What clients get of this warehouse. A role of the server is good for the server's own store only.
     *
     * @param server what they get of warehouses that say nothing
     */
    DelegationSettings delegation(DelegationSettings server) {
        return ownDelegation.orElseGet(() -> ownS3.isEmpty() ? server : server.forOtherStore());
    }

    /** The properties with every secret hidden, in order. */
    public static Map<String, String> shown(Map<String, String> properties) {
        Map<String, String> shown = new TreeMap<>(properties);
        shown.replaceAll((key, value) -> SECRETS.contains(key) ? HIDDEN : value);
        return shown;
    }

    private static void refuseUnknown(Map<String, String> properties, SettingsReader reader) {
        Set<String> known = new TreeSet<>();
        reader.settings().stream().map(Setting::key).forEach(known::add);
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!known.contains(key)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Warehouses have no property '%s'%s; they have %s"
                                .formatted(key, NearestName.hint(key, known), String.join(", ", known)));
            }
        }
    }
}
