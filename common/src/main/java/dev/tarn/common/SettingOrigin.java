package dev.tarn.common;

/** Where a setting's value comes from, weakest first. */
public enum SettingOrigin {
    /** Nobody set it. */
    DEFAULT,
    /** The settings file. */
    FILE,
    /** An environment variable. */
    ENVIRONMENT,
    /** A flag of the command line. */
    FLAG
}
