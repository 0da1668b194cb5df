package dev.tarn.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** A file to be written to local disk, which appears whole, on close, or not at all. */
final class LocalOutputFile implements OutputFile {
    private final String location;
    private final Path path;

    private enum IfPresent {
        FAIL,
        REPLACE
    }

    LocalOutputFile(String location) {
        this.location = location;
        this.path = LocalFileIO.toPath(location);
    }

    @Override
    public PositionOutputStream create() {
        if (Files.exists(path)) {
            throw new AlreadyExistsException("File exists already: %s", location);
        }
        return open(IfPresent.FAIL);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        return open(IfPresent.REPLACE);
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public InputFile toInputFile() {
        return new LocalInputFile(location, -1);
    }

    private PositionOutputStream open(IfPresent ifPresent) {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("Not the location of a file: " + location);
        }
        try {
            Files.createDirectories(folder);
            Path hidden = folder.resolve("." + path.getFileName() + "." + UUID.randomUUID() + ".part");
            return new Stream(
                    FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    hidden,
                    ifPresent);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + location, e);
        }
    }

    private final class Stream extends PositionOutputStream implements AbortableOutput {
        private static final int BUFFER_BYTES = 64 * 1024;

        private final FileChannel channel;
        private final OutputStream buffered;
        private final Path hidden;
        private final IfPresent ifPresent;
        private long position;
        private boolean closed;
        private boolean failed;

        Stream(FileChannel channel, Path hidden, IfPresent ifPresent) {
            this.channel = channel;
            this.buffered = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            this.hidden = hidden;
            this.ifPresent = ifPresent;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            try {
                buffered.write(source, offset, length);
                position += length;
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            // Writers that are closed after an abort flush once more.
            if (!closed && !failed) {
                buffered.flush();
            }
        }

        @Override
        public void abort() {
            failed = true;
            try {
                close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot drop what was written of " + location, e);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try (channel) {
                if (!failed) {
                    buffered.flush();
                    channel.force(true);
                    publish();
                }
            } finally {
                Files.deleteIfExists(hidden);
            }
        }

        private void publish() throws IOException {
            if (ifPresent == IfPresent.REPLACE) {
                Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                try {
                    // A hard link, unlike a rename, fails when the name is taken.
                    Files.createLink(path, hidden);
                } catch (FileAlreadyExistsException e) {
                    throw new AlreadyExistsException(e, "File exists already: %s", location);
                }
            }
            forceFolder();
        }

        /** Makes the new name survive a power cut, where the platform allows a folder to be opened. */
        private void forceFolder() throws IOException {
            Path folder = hidden.getParent();
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            } catch (AccessDeniedException e) {
                return; // Windows does not open folders; its file system journals names itself.
            }
        }
    }
}
