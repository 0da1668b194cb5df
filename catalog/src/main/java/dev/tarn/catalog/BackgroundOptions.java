package dev.tarn.catalog;

import dev.tarn.catalog.events.webhook.WebhookSettings;
import dev.tarn.catalog.lifecycle.PurgeLimits;
import dev.tarn.catalog.tasks.TaskLimits;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import java.util.Optional;

/**
 * Warehouses and what is done for them behind the requests.
 *
 * @param tasks how much background work the server does
 * @param purge how much deleting may take
 * @param maxOpenWarehouses warehouses that are open at once, each with caches of its own
 * @param webhook where events are delivered to, absent if nowhere
 * @param secretKey seals the secrets of warehouses, 32 bytes in Base64; absent for a key in the data folder
 */
public record BackgroundOptions(
        TaskLimits tasks,
        PurgeLimits purge,
        int maxOpenWarehouses,
        Optional<WebhookSettings> webhook,
        Optional<Secret> secretKey) {
    /** Fit for a small machine. */
    public static final BackgroundOptions DEFAULTS =
            new BackgroundOptions(TaskLimits.DEFAULTS, PurgeLimits.DEFAULTS, 16, Optional.empty(), Optional.empty());

    /** Refuses a count below one. */
    public BackgroundOptions {
        if (maxOpenWarehouses < 1) {
            throw new IllegalArgumentException("maxOpenWarehouses must be at least 1 but was " + maxOpenWarehouses);
        }
    }

    /** Reads the settings. */
    public static BackgroundOptions from(SettingsReader settings) {
        return new BackgroundOptions(
                TaskLimits.from(settings),
                PurgeLimits.from(settings),
                settings.integer("catalog.max-open-warehouses", DEFAULTS.maxOpenWarehouses(), 1, 10_000),
                WebhookSettings.from(settings),
                settings.optionalSecret("catalog.secret-key"));
    }
}
