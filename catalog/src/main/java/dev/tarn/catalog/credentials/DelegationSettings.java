package dev.tarn.catalog.credentials;

import dev.tarn.common.SettingsReader;
import java.util.Optional;
import java.util.Set;

/**
 * What a warehouse on S3 hands to clients that ask for access.
 *
 * @param sts where temporary credentials for one table come from; absent where none are given
 * @param remoteSigning whether the catalog signs requests of clients
 * @param vendStatic whether clients get the catalog's own fixed keys, which reach everything that those reach
 * @param pathsOutsideTable whether access also covers what {@code write.data.path} and the like name outside of the
 *     table's own location
 */
public record DelegationSettings(
        Optional<StsSettings> sts, boolean remoteSigning, boolean vendStatic, boolean pathsOutsideTable) {
    private static final String SIGNING = "s3.remote-signing-enabled";
    private static final String VEND_STATIC = "catalog.vend-static-credentials";
    private static final String OUTSIDE = "s3.delegate-paths-outside-table";

    /** Clients bring their own credentials. */
    public static final DelegationSettings NONE = new DelegationSettings(Optional.empty(), false, false, false);

    /** Clients get the catalog's own fixed keys. */
    public static final DelegationSettings STATIC = new DelegationSettings(Optional.empty(), false, true, false);

    private static final Set<String> FLAGS = Set.of(SIGNING, VEND_STATIC, OUTSIDE);

    /** Reads the settings of the server, or the properties of one warehouse. */
    public static DelegationSettings from(SettingsReader settings) {
        return new DelegationSettings(
                StsSettings.from(settings),
                settings.flag(SIGNING, false),
                settings.flag(VEND_STATIC, false),
                settings.flag(OUTSIDE, false));
    }

    /** Whether a setting is one of these, and not one of how the store is reached. */
    public static boolean isKey(String key) {
        return key.startsWith(StsSettings.PREFIX) || FLAGS.contains(key);
    }

    /** What is left for another store: neither its role nor its keys are known here, but whether keys are handed out. */
    public DelegationSettings forOtherStore() {
        return new DelegationSettings(Optional.empty(), false, vendStatic, false);
    }
}
