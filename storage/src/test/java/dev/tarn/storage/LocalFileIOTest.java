package dev.tarn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalFileIOTest {
    @TempDir
    Path folder;

    private final LocalFileIO io = new LocalFileIO();

    @Test
    void aFileAppearsOnlyWhenItIsWhole() throws IOException {
        String location = at("a b%20c/ü.txt");
        PositionOutputStream out = io.newOutputFile(location).create();
        out.write("half".getBytes(StandardCharsets.UTF_8));

        assertThat(io.newInputFile(location).exists()).isFalse();
        out.close();

        assertThat(io.newInputFile(location).exists()).isTrue();
        assertThat(Files.list(folder.resolve("a b%20c"))).hasSize(1);
    }

    @Test
    void creatingTwiceFailsAndKeepsTheFirst() throws IOException {
        String location = write("x", "first");
        PositionOutputStream early = io.newOutputFile(at("y")).create();
        write("y", "winner");

        assertThatThrownBy(() -> io.newOutputFile(location).create())
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("exists already");
        assertThatThrownBy(early::close)
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("exists already");
        assertThat(Files.readString(folder.resolve("y"))).isEqualTo("winner");
    }

    @Test
    void readsTheSameBytesFromEveryPosition() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] bytes = new byte[300_000];
        random.nextBytes(bytes);
        Files.write(folder.resolve("z"), bytes);
        InputFile file = io.newInputFile(at("z"));

        try (SeekableInputStream in = file.newStream()) {
            for (int i = 0; i < 500; i++) {
                int position = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(100_000), bytes.length - position);
                in.seek(position);
                byte[] read = in.readNBytes(length);
                assertThat(read)
                        .as("seed %d, position %d, length %d", seed, position, length)
                        .isEqualTo(Arrays.copyOfRange(bytes, position, position + length));
                assertThat(in.getPos()).isEqualTo(position + length);
            }
        }
        assertThat(file.getLength()).isEqualTo(bytes.length);
    }

    @Test
    void listsAFolderWithoutItsSibling() throws IOException {
        write("t/one", "1");
        write("t/deep/two", "2");
        write("t2/three", "3");

        List<String> found = new ArrayList<>();
        io.listPrefix(at("t/")).forEach(file -> found.add(file.location()));

        assertThat(found).containsExactlyInAnyOrder(at("t/one"), at("t/deep/two"));
    }

    @Test
    void aMissingFileIsReportedAsNotFound() {
        assertThatThrownBy(() -> io.newInputFile(at("absent")).getLength())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> io.deleteFile(at("absent")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("absent");
    }

    private String at(String name) {
        return LocalFileIO.toLocation(folder.resolve(name));
    }

    private String write(String name, String text) throws IOException {
        try (PositionOutputStream out = io.newOutputFile(at(name)).create()) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return at(name);
    }
}
