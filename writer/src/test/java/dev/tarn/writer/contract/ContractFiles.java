package dev.tarn.writer.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The contracts beside these tests. */
public final class ContractFiles {
    private ContractFiles() {}

    /** The bytes of a file. */
    public static byte[] read(String name) {
        try (InputStream stream = ContractFiles.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The contract of a file. */
    public static Contract contract(String name) {
        return ContractParser.parse(name, read(name), ContractParser.Mode.LENIENT);
    }
}
