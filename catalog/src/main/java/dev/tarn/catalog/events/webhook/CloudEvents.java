package dev.tarn.catalog.events.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.events.StoredEvent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Events in the JSON batch format of CloudEvents 1.0. The id is the place in the outbox: a receiver that sees one twice
 * drops the second. Stateless.
 */
public final class CloudEvents {
    /** The media type of a batch. */
    public static final String BATCH = "application/cloudevents-batch+json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private CloudEvents() {}

    /** A JSON array of events, in their order. */
    public static byte[] batch(List<StoredEvent> events) {
        ArrayNode batch = JSON.createArrayNode();
        events.forEach(stored -> batch.add(describe(stored)));
        try {
            return JSON.writeValueAsBytes(batch);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write events as JSON", e);
        }
    }

    private static ObjectNode describe(StoredEvent stored) {
        CatalogEvent event = stored.event();
        ObjectNode cloud = JSON.createObjectNode();
        cloud.put("specversion", "1.0");
        cloud.put("id", Long.toString(stored.sequence()));
        cloud.put("source", "/warehouses/" + URLEncoder.encode(stored.warehouseId(), StandardCharsets.UTF_8));
        cloud.put("type", "dev.tarn.catalog." + event.operation());
        cloud.put("subject", subject(event));
        cloud.put("time", event.at().toString());
        cloud.put("datacontenttype", "application/json");
        // The extension "sequence" is compared as text.
        cloud.put("sequence", "%019d".formatted(stored.sequence()));
        cloud.set("data", data(event));
        return cloud;
    }

    private static String subject(CatalogEvent event) {
        String namespace = String.join(".", event.namespace());
        return event.name().isEmpty() ? namespace : namespace + "." + event.name();
    }

    private static ObjectNode data(CatalogEvent event) {
        ObjectNode data = JSON.createObjectNode();
        data.put("operation", event.operation());
        ArrayNode levels = data.putArray("namespace");
        event.namespace().forEach(levels::add);
        if (!event.name().isEmpty()) {
            data.put("name", event.name());
        }
        event.kind().ifPresent(kind -> data.put("kind", kind.name().toLowerCase(Locale.ROOT)));
        putIfKnown(data, "object-id", event.objectId());
        putIfKnown(data, "metadata-location", event.metadataLocation());
        putIfKnown(data, "previous-metadata-location", event.previousMetadataLocation());
        data.put("principal", event.principal());
        try {
            data.set("details", JSON.readTree(event.details()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored details of an event are not JSON", e);
        }
        return data;
    }

    private static void putIfKnown(ObjectNode data, String name, String value) {
        if (!value.isEmpty()) {
            data.put(name, value);
        }
    }
}
