package dev.tarn.catalog.store;

import java.util.Map;

/**
 * A warehouse as stored.
 *
 * @param id stable, never reused
 * @param name unique; what clients call it
 * @param location where its tables live
 * @param properties policies and storage settings as text, such as {@code soft-delete.retention}
 * @param active whether it takes requests
 * @param version counts changes, from 1
 */
public record WarehouseRecord(
        String id, String name, String location, Map<String, String> properties, boolean active, long version) {
    /** Copies the properties. */
    public WarehouseRecord {
        properties = Map.copyOf(properties);
    }
}
