package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Holds a data folder for one process, by a lock that the system releases when the process ends in any way. */
final class DataFolderLock implements AutoCloseable {
    private static final String FILE = "catalog.lock";

    private final FileChannel channel;

    private DataFolderLock(FileChannel channel) {
        this.channel = channel;
    }

    static DataFolderLock take(Path folder) {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Cannot write to the data folder %s (%s); make it writable or choose another one"
                            .formatted(folder, e),
                    e);
        }
        if (tryLock(channel, folder) == null) {
            closeQuietly(channel, folder);
            throw new TarnException(
                    ErrorKind.LOCKED,
                    "The data folder %s is in use by another process; stop that one or choose another folder"
                            .formatted(folder));
        }
        return new DataFolderLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel, Path folder) {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // Another store of this very process holds it.
        } catch (IOException e) {
            closeQuietly(channel, folder);
            throw new UncheckedIOException("Cannot lock the data folder " + folder, e);
        }
    }

    private static void closeQuietly(FileChannel channel, Path folder) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close the lock of " + folder, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot release the lock of the data folder", e);
        }
    }
}
