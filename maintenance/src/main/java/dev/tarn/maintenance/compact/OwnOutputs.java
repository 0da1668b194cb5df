package dev.tarn.maintenance.compact;

import java.util.Collection;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files that this process wrote and that no snapshot can refer to. Thread-safe. */
final class OwnOutputs {
    private static final Logger LOG = LoggerFactory.getLogger(OwnOutputs.class);

    private OwnOutputs() {}

    /** Deletes what it can; what it cannot is added to the failure that made it necessary. */
    static void delete(FileIO io, Collection<String> locations, Throwable because) {
        for (String location : locations) {
            try {
                io.deleteFile(location);
            } catch (NotFoundException e) {
                LOG.debug("Output {} was never finished", location);
            } catch (RuntimeException e) {
                because.addSuppressed(e);
            }
        }
    }
}
