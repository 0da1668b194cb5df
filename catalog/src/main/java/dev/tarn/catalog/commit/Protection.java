package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.ObjectRecord;
import org.apache.iceberg.exceptions.ForbiddenException;

/** What protection means: an object that has it is not taken away by anybody. Pure functions. */
public final class Protection {
    private Protection() {}

    /**
     * Throws if an object must not be taken away. Not a conflict: clients would take that for a table that exists already,
     * or would try again.
     *
     * @throws ForbiddenException saying how to lift the protection
     */
    public static void refuse(ObjectRecord object, ObjectName name) {
        if (object.isProtected()) {
            throw new ForbiddenException("%s is protected; 'tarn table unprotect %s' lifts the protection", name, name);
        }
    }
}
