package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads contracts from local files. */
final class ContractFile {
    /** One more than the parser reads, so that it can refuse the file with its own words. */
    private static final int MAX_BYTES = (4 << 20) + 1;

    private ContractFile() {}

    static byte[] bytes(String name) {
        try (InputStream stream = Files.newInputStream(Path.of(name))) {
            return stream.readNBytes(MAX_BYTES);
        } catch (NoSuchFileException e) {
            throw new TarnException(ErrorKind.NOT_FOUND, "The file '%s' does not exist".formatted(name), e);
        } catch (IOException | InvalidPathException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read the file '%s': %s".formatted(name, e), e);
        }
    }

    static Contract contract(String name) {
        return ContractParser.parse(name, bytes(name), ContractParser.Mode.LENIENT);
    }
}
