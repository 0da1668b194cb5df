package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** Another load was faster with some of the files: nothing was committed; look at the history again. */
public final class FilesLoadedException extends TarnException {
    private static final long serialVersionUID = 1L;

    FilesLoadedException(String table, int files) {
        super(
                ErrorKind.CONFLICT,
                "%d of the source files were loaded into table %s by somebody else meanwhile; run the load again to skip them"
                        .formatted(files, table));
    }
}
