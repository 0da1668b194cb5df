package dev.tarn.writer.index;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The one file that says what the index is: of which table, branch and keys, as of which snapshot, and of which runs. It is
 * replaced as a whole, so that a crash leaves the one before.
 *
 * @param owner table id, branch and key columns
 * @param snapshotId snapshot that all changes up to are in the index
 * @param complete whether the index knows all data files of that snapshot
 * @param files locations by number; empty where a file is gone
 * @param runs newest first
 */
record IndexManifest(String owner, long snapshotId, boolean complete, List<String> files, List<IndexRun.Summary> runs) {
    static final String NAME = "manifest";
    private static final long MAGIC = 0x5441524E4B495831L;

    IndexManifest {
        files = List.copyOf(files);
        runs = List.copyOf(runs);
    }

    /** @throws CorruptIndexException if it is damaged or of another table, branch or key */
    static IndexManifest read(Path folder, String owner) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(NAME));
        if (bytes.length < Long.BYTES + Integer.BYTES) {
            throw new CorruptIndexException("The manifest in %s is too short".formatted(folder));
        }
        int end = bytes.length - Integer.BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, end);
        if ((int) checksum.getValue() != ByteBuffer.wrap(bytes).getInt(end)) {
            throw new CorruptIndexException("The manifest in %s is damaged".formatted(folder));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
        if (in.readLong() != MAGIC) {
            throw new CorruptIndexException("The manifest in %s is of another version".formatted(folder));
        }
        String found = in.readUTF();
        if (!found.equals(owner)) {
            throw new CorruptIndexException("The index in %s is for %s, not for %s".formatted(folder, found, owner));
        }
        long snapshotId = in.readLong();
        boolean complete = in.readBoolean();
        List<String> files = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            files.add(in.readUTF());
        }
        List<IndexRun.Summary> runs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            runs.add(new IndexRun.Summary(in.readUTF(), in.readLong(), in.readInt()));
        }
        return new IndexManifest(found, snapshotId, complete, files, runs);
    }

    void write(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeUTF(owner);
        out.writeLong(snapshotId);
        out.writeBoolean(complete);
        out.writeInt(files.size());
        for (String location : files) {
            out.writeUTF(location);
        }
        out.writeInt(runs.size());
        for (IndexRun.Summary run : runs) {
            out.writeUTF(run.name());
            out.writeLong(run.entries());
            out.writeInt(run.pages());
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.toByteArray());
        out.writeInt((int) checksum.getValue());
        Path fresh = folder.resolve(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
