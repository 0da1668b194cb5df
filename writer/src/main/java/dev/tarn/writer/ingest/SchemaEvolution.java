package dev.tarn.writer.ingest;

/** What happens when a batch has columns or types that the table lacks. */
public enum SchemaEvolution {
    /** The batch is refused. */
    FREEZE,
    /** Unknown columns are added as optional ones and types are widened, in a schema commit before the data. */
    EVOLVE
}
