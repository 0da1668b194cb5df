package dev.tarn.catalog.credentials;

import dev.tarn.common.SettingsReader;
import java.util.Optional;

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
    /** Clients bring their own credentials. */
    public static final DelegationSettings NONE = new DelegationSettings(Optional.empty(), false, false, false);

    /** Clients get the catalog's own fixed keys. */
    public static final DelegationSettings STATIC = new DelegationSettings(Optional.empty(), false, true, false);

    /** Reads the settings of one warehouse. */
    public static DelegationSettings from(SettingsReader settings) {
        return new DelegationSettings(
                StsSettings.from(settings),
                settings.flag("s3.remote-signing-enabled", false),
                settings.flag("catalog.vend-static-credentials", false),
                settings.flag("s3.delegate-paths-outside-table", false));
    }
}
