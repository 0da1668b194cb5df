package dev.tarn.common;

/**
 * One setting as it is in force.
 *
 * @param key {@code group.words-with-dashes}
 * @param value what is in force, {@code ***} for a secret, empty where nothing is set
 * @param defaultValue what is in force when nobody sets it
 * @param origin where the value comes from
 * @param limit which values are allowed, for people
 */
public record Setting(String key, String value, String defaultValue, SettingOrigin origin, String limit) {}
