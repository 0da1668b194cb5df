package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.events.webhook.CloudEvents;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.store.EventStore;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.exceptions.BadRequestException;

/** What happened in one warehouse, in order, for whoever asks again from where they got to. Thread-safe. */
final class EventRoutes {
    /** A page of about a hundred kilobytes. */
    private static final int MAX_LIMIT = 1_000;

    private static final int DEFAULT_LIMIT = 100;

    private final EventStore events;
    private final String warehouseId;

    EventRoutes(EventStore events, String warehouseId) {
        this.events = events;
        this.warehouseId = warehouseId;
    }

    List<Route> routes() {
        return List.of(Route.of(
                "GET",
                ManagementRoutes.WAREHOUSE + "/events",
                Guard.path(Privilege.CATALOG_MANAGE_METADATA),
                this::read));
    }

    /**
     * The events behind a sequence, as CloudEvents. Who asks again with {@code next-after} misses nothing, unless
     * {@code oldest} has gone past it: then events were forgotten before they were read.
     */
    private Response read(RestRequest request) {
        long after = number(request, "after", 0, Long.MAX_VALUE);
        int limit = (int) number(request, "limit", DEFAULT_LIMIT, MAX_LIMIT);
        List<StoredEvent> found = events.read(warehouseId, after, Math.max(1, limit));
        ObjectNode body = Json.object();
        body.set("events", Json.tree(CloudEvents.batch(found)));
        body.put(
                "next-after",
                found.isEmpty() ? after : found.get(found.size() - 1).sequence());
        body.put("oldest", events.oldest());
        return Replies.json(body);
    }

    private static long number(RestRequest request, String name, long defaultValue, long max) {
        Optional<String> given = request.parameter(name);
        if (given.isEmpty()) {
            return defaultValue;
        }
        try {
            long value = Long.parseLong(given.get());
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadRequestException(e, "Query parameter '%s' must be a number from 0 to %s", name, max);
        }
        throw new BadRequestException("Query parameter '%s' must be a number from 0 to %s", name, max);
    }
}
