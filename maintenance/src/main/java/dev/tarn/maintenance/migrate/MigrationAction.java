package dev.tarn.maintenance.migrate;

/** What a migration does about one object. */
public enum MigrationAction {
    /** Creates the namespace. */
    CREATE,
    /** Registers the metadata file under the same name. */
    REGISTER,
    /** Points the table at the other catalog's newer metadata file, whose history holds what the table is at. */
    ADVANCE,
    /** Does nothing: both catalogs agree already. */
    PRESENT,
    /** Does nothing: the two differ in a way that somebody must decide about. */
    DIFFERS;

    /** Whether the action changes the target. */
    public boolean changesTarget() {
        return this == CREATE || this == REGISTER || this == ADVANCE;
    }
}
