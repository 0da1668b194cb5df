package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.GroupCommitter;
import dev.tarn.writer.ingest.BatchFiles;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the files of windows, of the newest schema, spec and sort order that the table has. Guarded by its session. */
final class WindowFiles {
    private static final Logger LOG = LoggerFactory.getLogger(WindowFiles.class);

    private final GroupCommitter committer;
    private final IngestOptions options;
    private final UUID tableId;
    private Optional<Schema> aligned = Optional.empty();

    WindowFiles(GroupCommitter committer, IngestOptions options) {
        this.committer = committer;
        this.options = options;
        this.tableId = committer.withTable(Table::uuid);
    }

    /**
     * Opens files for batches of a schema.
     *
     * @throws TarnException NOT_FOUND if the table was dropped, CONFLICT if it was replaced, INVALID if the batches do not fit
     */
    BatchFiles open(Schema batches) {
        BatchFiles files;
        if (aligned.isPresent() && aligned.get().equals(batches)) {
            // A commit on its way would hold the batch up for as long as the catalog takes. Metadata is immutable, so
            // what
            // the table has in memory is fit to write by; the next window sees what is newer.
            files = committer
                    .tryWithTable(table -> openRefreshed(table, batches))
                    .orElseGet(() -> committer.readTable(table -> BatchFiles.open(table, options, batches)));
        } else {
            files = committer.withTable(table -> openRefreshed(table, batches));
        }
        aligned = Optional.of(batches);
        return files;
    }

    private BatchFiles openRefreshed(Table table, Schema batches) {
        try {
            table.refresh();
        } catch (NoSuchTableException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s was dropped; nothing more can be offered".formatted(table.name()),
                    e);
        } catch (RuntimeException e) {
            // The commit is tried again until its deadline, and the files fit what the table was; so go on.
            LOG.info("Could not refresh table {} for the next files: {}", table.name(), e.toString());
        }
        if (!table.uuid().equals(tableId)) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s was replaced: expected the table with id %s but found %s; open a session for the new one"
                            .formatted(table.name(), tableId, table.uuid()));
        }
        return BatchFiles.open(table, options, batches);
    }
}
