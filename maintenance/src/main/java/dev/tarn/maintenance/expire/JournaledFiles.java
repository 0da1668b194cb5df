package dev.tarn.maintenance.expire;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;

/** Files that no snapshot reaches any more and that still wait for the end of their grace period. */
public final class JournaledFiles {
    private JournaledFiles() {}

    /**
     * The files that the journals of a table name.
     *
     * @param journalFolder where expiry keeps its journals; may be absent
     * @throws dev.tarn.common.TarnException CORRUPT if a journal cannot be read
     */
    public static List<TableFile> of(Path journalFolder, Table table) {
        List<TableFile> files = new ArrayList<>();
        DeletionJournal.ofTable(journalFolder, table).forEach(journal -> files.addAll(journal.files()));
        return files;
    }
}
