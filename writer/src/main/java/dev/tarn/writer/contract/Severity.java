package dev.tarn.writer.contract;

/** What a broken rule means. */
public enum Severity {
    /** The data must not get in. */
    ERROR,
    /** It is reported, and the data gets in. */
    WARNING
}
