package dev.tarn.writer.layout;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The local folder for rows that do not fit into memory, and how much may lie there. Files vanish when they are closed;
 * where the system allows it they have no name from the start, so that not even a killed process leaves one behind. Confined
 * to one thread.
 */
public final class SpillSpace {
    private final Path folder;
    private final DataSize limit;
    private long used;

    /**
     * A space.
     *
     * @param folder made at first use if it does not exist
     * @param limit bytes that may lie in it at once for one writer
     */
    public SpillSpace(Path folder, DataSize limit) {
        this.folder = folder;
        this.limit = limit;
    }

    /** Bytes that lie in it now. */
    public long usedBytes() {
        return used;
    }

    FileChannel create() throws IOException {
        Files.createDirectories(folder);
        return FileChannel.open(
                folder.resolve("tarn-spill-" + UUID.randomUUID() + ".arrows"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    void claim(long bytes) {
        if (used + bytes > limit.bytes()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Rows waiting for their files need more than the %s allowed in the spill folder %s; commit smaller amounts or raise the limit"
                            .formatted(limit, folder));
        }
        used += bytes;
    }

    void release(long bytes) {
        used -= bytes;
    }

    TarnException failed(IOException cause) {
        return new TarnException(
                ErrorKind.UNAVAILABLE,
                "Cannot keep rows in the spill folder %s: %s; free space there or name another folder"
                        .formatted(folder, cause.getMessage()),
                cause);
    }
}
