package dev.tarn.catalog.rest;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.warehouse.SecretBox;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Passes for tables that are staged and not made yet. The catalog keeps nothing of such a table, so that its client carries
 * the location, sealed, and shows it with every request that it wants to have signed. A pass is good for one caller, table
 * and warehouse, and on every server with the same key. Thread-safe.
 */
final class StagedPasses {
    /** Longer than statements that make a table run; what the caller may do is looked up for each signature anyway. */
    private static final Duration LIFETIME = Duration.ofHours(12);

    private final SecretBox secrets;
    private final String warehouseId;
    private final Clock clock;

    StagedPasses(SecretBox secrets, String warehouseId, Clock clock) {
        this.secrets = secrets;
        this.warehouseId = warehouseId;
        this.clock = clock;
    }

    /** A pass for the caller of a request. */
    String issue(RestRequest request, ObjectName table, String location) {
        long end = clock.instant().plus(LIFETIME).toEpochMilli();
        return secrets.seal(end + " " + location, place(request, table));
    }

    /** The location that a pass is for; absent if it is none of this caller and table, or too old. */
    Optional<String> location(RestRequest request, ObjectName table, String pass) {
        if (!SecretBox.isSealed(pass)) {
            return Optional.empty();
        }
        try {
            String opened = secrets.open(pass, place(request, table));
            int space = opened.indexOf(' ');
            long end = Long.parseLong(opened.substring(0, space));
            return clock.millis() < end ? Optional.of(opened.substring(space + 1)) : Optional.empty();
        } catch (TarnException e) {
            return Optional.empty(); // Of somebody else, or made up.
        }
    }

    private String place(RestRequest request, ObjectName table) {
        return "staged table %s in %s of warehouse %s for %s"
                .formatted(
                        PathDecoder.encode(table.name()),
                        PathDecoder.encode(String.join("\u001f", table.namespace())),
                        warehouseId,
                        PathDecoder.encode(request.caller().principal()));
    }
}
