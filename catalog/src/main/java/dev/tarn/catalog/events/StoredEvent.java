package dev.tarn.catalog.events;

/**
 * An event as the outbox holds it.
 *
 * @param sequence its place: positive and growing; whoever saw one never later sees a new event below it
 * @param warehouseId the warehouse it happened in
 * @param event what happened
 */
public record StoredEvent(long sequence, String warehouseId, CatalogEvent event) {}
