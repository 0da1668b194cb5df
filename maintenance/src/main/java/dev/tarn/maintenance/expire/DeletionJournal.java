package dev.tarn.maintenance.expire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.Table;

/**
 * The durable note of files that are to be deleted, written before the snapshots go, so that a crash at any point leaves
 * work to resume and no orphan. It only proposes: what is deleted is decided by reading the table again.
 *
 * @param path the journal file
 * @param tableUuid the table's identity, which a new table of the same name does not share
 * @param deleteNotBefore end of the grace period
 * @param snapshotIds the snapshots that were to go
 * @param files files that only those reached
 */
record DeletionJournal(
        Path path, String tableUuid, Instant deleteNotBefore, List<Long> snapshotIds, List<TableFile> files) {
    private static final String WHAT = "deletion journal";

    DeletionJournal {
        snapshotIds = List.copyOf(snapshotIds);
        files = List.copyOf(files);
    }

    /** Writes a journal and forces it to disk. */
    static DeletionJournal create(
            Path folder, Table table, Instant deleteNotBefore, List<Long> snapshotIds, List<TableFile> files) {
        String uuid = table.uuid().toString();
        Path path = folder.resolve(uuid + "-" + UUID.randomUUID() + ".json");
        DeletionJournal journal = new DeletionJournal(path, uuid, deleteNotBefore, snapshotIds, files);
        Path unfinished = folder.resolve(path.getFileName() + ".unfinished");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(Json.text(journal::writeTo).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            force(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the deletion journal " + path, e);
        }
        return journal;
    }

    /** The journals of a table, whoever left them. */
    static List<DeletionJournal> ofTable(Path folder, Table table) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        String uuid = table.uuid().toString();
        List<DeletionJournal> journals = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            List<Path> ofTable = paths.filter(
                            path -> path.getFileName().toString().startsWith(uuid + "-")
                                    && path.getFileName().toString().endsWith(".json"))
                    .sorted()
                    .toList();
            for (Path path : ofTable) {
                journals.add(read(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the deletion journals in " + folder, e);
        }
        return journals;
    }

    /** Forgets the journal, because its files are gone or are needed again. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the finished deletion journal " + path, e);
        }
    }

    private static DeletionJournal read(Path path) throws IOException {
        try {
            JsonNode json = Json.parse(WHAT, Files.readString(path));
            List<Long> snapshotIds = new ArrayList<>();
            for (JsonNode id : Json.field(WHAT, json, "snapshot-ids")) {
                snapshotIds.add(Long.parseLong(id.asText()));
            }
            return new DeletionJournal(
                    path,
                    Json.field(WHAT, json, "table-uuid").asText(),
                    Instant.parse(Json.field(WHAT, json, "delete-not-before").asText()),
                    snapshotIds,
                    TableFileJson.read(WHAT, Json.field(WHAT, json, "files")));
        } catch (TarnException | IllegalArgumentException | DateTimeException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "No file was deleted: the deletion journal %s is damaged (%s); move it away, its files become orphans"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("table-uuid", tableUuid);
        json.writeStringField("delete-not-before", deleteNotBefore.toString());
        json.writeArrayFieldStart("snapshot-ids");
        for (long id : snapshotIds) {
            json.writeString(Long.toString(id));
        }
        json.writeEndArray();
        TableFileJson.write(json, "files", files);
        json.writeEndObject();
    }
}
