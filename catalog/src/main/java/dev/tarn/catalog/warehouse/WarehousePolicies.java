package dev.tarn.catalog.warehouse;

import dev.tarn.catalog.planning.PlanningMode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The policies of one warehouse.
 *
 * @param retention how long dropped objects can be brought back; absent if a drop is final
 * @param allowLocationOverlap whether tables may share locations
 * @param purgeGrace how long the files of a table stay after a drop with purge
 * @param checkReferences whether a purge reads the manifests of all other tables, to keep the files they name
 * @param isProtected whether the warehouse must not be dropped
 * @param scanPlanning where scans are planned of tables that do not say it themselves; absent if clients choose
 */
public record WarehousePolicies(
        Optional<Duration> retention,
        boolean allowLocationOverlap,
        Duration purgeGrace,
        boolean checkReferences,
        boolean isProtected,
        Optional<PlanningMode> scanPlanning) {
    /** The policies of a warehouse without properties: a drop is final, and a purge begins at once. */
    public static final WarehousePolicies DEFAULTS =
            new WarehousePolicies(Optional.empty(), false, Duration.ZERO, true, false, Optional.empty());

    /** Ten years: longer is not a retention but an archive. */
    private static final Duration MAX_RETENTION = Duration.ofDays(3_650);

    private static final Duration MAX_GRACE = Duration.ofDays(365);

    /** Reads the policies among the properties of a warehouse. */
    static WarehousePolicies from(SettingsReader properties) {
        String retention = "soft-delete.retention";
        return new WarehousePolicies(
                properties
                        .optionalText(retention)
                        .map(given ->
                                properties.duration(retention, MAX_RETENTION, Duration.ofSeconds(1), MAX_RETENTION)),
                properties.flag("allow-location-overlap", DEFAULTS.allowLocationOverlap()),
                properties.duration("purge.grace", DEFAULTS.purgeGrace(), Duration.ZERO, MAX_GRACE),
                properties.flag("purge.check-references", DEFAULTS.checkReferences()),
                properties.flag("protected", DEFAULTS.isProtected()),
                properties.optionalText(PlanningMode.PROPERTY).map(WarehousePolicies::planningMode));
    }

    private static PlanningMode planningMode(String text) {
        return PlanningMode.of(Map.of(PlanningMode.PROPERTY, text))
                .orElseThrow(() -> new TarnException(
                        ErrorKind.INVALID,
                        "Setting '%s' must be client or server but was '%s'".formatted(PlanningMode.PROPERTY, text)));
    }
}
