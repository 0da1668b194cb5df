package dev.tarn.catalog.store;

/**
 * A role as stored.
 *
 * @param id stable, never reused
 * @param name unique; for people
 * @param version counts changes, from 1
 */
public record RoleRecord(String id, String name, long version) {}
