package dev.tarn.catalog.store;

/**
 * The name that a client gave to one mutation.
 *
 * @param principal who uses the key; two principals never share one
 * @param value the key itself
 */
public record IdempotencyKey(String principal, String value) {}
