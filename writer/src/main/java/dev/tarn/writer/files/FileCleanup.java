package dev.tarn.writer.files;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files that this process wrote and that no commit refers to. */
public final class FileCleanup {
    private static final Logger LOG = LoggerFactory.getLogger(FileCleanup.class);

    private FileCleanup() {}

    /** Deletes what can be deleted; the rest is logged by location, returned, and left to orphan cleanup. */
    public static List<String> delete(FileIO io, Collection<String> locations) {
        List<String> leftOver = new ArrayList<>();
        for (String location : locations) {
            try {
                io.deleteFile(location);
            } catch (NotFoundException e) {
                LOG.debug("{} was never written", location);
            } catch (RuntimeException e) {
                LOG.warn("Could not delete the unused file {}; orphan cleanup will", location, e);
                leftOver.add(location);
            }
        }
        return leftOver;
    }
}
