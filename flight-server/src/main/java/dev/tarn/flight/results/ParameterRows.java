package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/**
 * Values bound to the parameters of a statement, kept as Arrow IPC outside of any allocator. Immutable, thread-safe.
 */
public final class ParameterRows {
    /** Parameters are values, not data: more than this is a sign of bulk loading by the wrong door. */
    static final int MAX_BYTES = 1 << 20;

    private final byte[] stream;

    private ParameterRows(byte[] stream) {
        this.stream = stream;
    }

    /**
     * Copies one row of values.
     *
     * @throws TarnException UNSUPPORTED for several rows, INVALID for values over 1 MB
     */
    public static ParameterRows copyOf(VectorSchemaRoot row) {
        if (row.getRowCount() != 1) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Expected one row of parameter values but found %d; run the statement once per row"
                            .formatted(row.getRowCount()));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArrowStreamWriter writer = new ArrowStreamWriter(row, null, Channels.newChannel(bytes))) {
            writer.start();
            writer.writeBatch();
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy parameter values", e);
        }
        if (bytes.size() > MAX_BYTES) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The parameter values take %d bytes but at most %d are allowed".formatted(bytes.size(), MAX_BYTES));
        }
        return new ParameterRows(bytes.toByteArray());
    }

    /** Opens the row; the caller closes the reader. */
    ArrowStreamReader open(BufferAllocator allocator) {
        return new ArrowStreamReader(new ByteArrayInputStream(stream), allocator);
    }
}
