package dev.tarn.writer.change;

/** What a change event does to the row of its key. */
public enum ChangeKind {
    /** The row is new; one that has its key already is replaced. */
    INSERT,
    /** The row replaces the one with its key; if there is none, it is new. */
    UPDATE,
    /** The row with the key is gone, if there was one. */
    DELETE
}
