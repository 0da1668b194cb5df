package dev.tarn.writer.change;

/** How rows that a call replaces or removes are taken out of the table. */
public enum RowDeletes {
    /** By position: deletion vectors in format version 3, position delete files in version 2. */
    POSITIONS,
    /** By key, without looking for the rows: cheap to write and dear to read. Upserts into tables of version 2 and 3 only. */
    EQUALITY,
    /** The data files that hold such rows are written again without them. */
    COPY_ON_WRITE
}
