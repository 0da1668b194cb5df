package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * The files that were listed and are old enough, kept in a temporary file, as a table may have millions. Whoever makes it
 * closes it, which deletes the file.
 */
final class ListedFiles implements AutoCloseable {
    private final Path spool;

    ListedFiles() {
        try {
            spool = Files.createTempFile("tarn-orphans", ".list");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a temporary file", e);
        }
    }

    /** Lists the store. */
    static void ofStore(Table table, String root, Consumer<FileInfo> visit) {
        if (!(table.io() instanceof SupportsPrefixOperations store)) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "The file IO %s of table %s cannot list files; give a file-list"
                            .formatted(table.io().getClass().getName(), table.name()));
        }
        store.listPrefix(root).forEach(visit);
    }

    /** Reads a list that somebody else made: a location per line, or location, bytes and time. */
    static void ofList(Path list, Consumer<FileInfo> visit) {
        try (Stream<String> lines = Files.lines(list)) {
            lines.filter(line -> !line.isBlank()).forEach(line -> visit.accept(parse(list, line)));
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "Cannot read the file list %s: %s".formatted(list, e.getMessage()), e);
        }
    }

    private static FileInfo parse(Path list, String line) {
        // Locations may hold commas, so the figures are taken from the end.
        int last = line.lastIndexOf(',');
        int middle = last < 0 ? -1 : line.lastIndexOf(',', last - 1);
        if (middle < 0) {
            return new FileInfo(line.strip(), 0, 0);
        }
        try {
            return new FileInfo(
                    line.substring(0, middle).strip(),
                    Long.parseLong(line.substring(middle + 1, last).strip()),
                    Long.parseLong(line.substring(last + 1).strip()));
        } catch (NumberFormatException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The file list %s needs a location, or location,bytes,epoch-milliseconds in each line: %s"
                            .formatted(list, e.getMessage()),
                    e);
        }
    }

    /** What has been found so far, for writing. */
    DataOutputStream open() throws IOException {
        return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(spool)));
    }

    static void write(DataOutputStream out, FileInfo file) {
        try {
            out.writeUTF(file.location());
            out.writeLong(file.size());
            out.writeLong(file.createdAtMillis());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the temporary list of files", e);
        }
    }

    void forEach(Consumer<OrphanFile> visit) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(spool)))) {
            while (true) {
                String location;
                try {
                    location = in.readUTF();
                } catch (EOFException e) {
                    return;
                }
                visit.accept(new OrphanFile(location, in.readLong(), Instant.ofEpochMilli(in.readLong())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the temporary list of files", e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(spool);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + spool, e);
        }
    }
}
