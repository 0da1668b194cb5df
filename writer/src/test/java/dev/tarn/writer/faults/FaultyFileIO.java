package dev.tarn.writer.faults;

import dev.tarn.storage.AbortableOutput;
import dev.tarn.writer.faults.FaultPlan.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** File IO that fails by a plan. Remembers which files it was asked to make. */
final class FaultyFileIO implements FileIO {
    private static final long serialVersionUID = 1L;

    private final transient FileIO io;
    private final transient FaultPlan plan;
    private final Set<String> created = ConcurrentHashMap.newKeySet();

    FaultyFileIO(FileIO io, FaultPlan plan) {
        this.io = io;
        this.plan = plan;
    }

    Set<String> created() {
        return created;
    }

    @Override
    public InputFile newInputFile(String path) {
        plan.at(0.3, Fault.READ_FILE).ifPresent(fault -> {
            throw new UncheckedIOException(new IOException("injected: cannot read " + path));
        });
        return io.newInputFile(path);
    }

    @Override
    public OutputFile newOutputFile(String path) {
        created.add(path);
        return new FaultyOutputFile(io.newOutputFile(path), plan);
    }

    @Override
    public void deleteFile(String path) {
        Optional<Fault> fault = plan.at(2, Fault.DELETE_BEFORE, Fault.DELETE_AFTER);
        if (fault.isEmpty() || fault.get() == Fault.DELETE_AFTER) {
            io.deleteFile(path);
        }
        if (fault.isPresent()) {
            throw new UncheckedIOException(new IOException("injected: cannot delete " + path));
        }
    }

    private record FaultyOutputFile(OutputFile file, FaultPlan plan) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            plan.at(0.3, Fault.CREATE_FILE).ifPresent(fault -> {
                throw new UncheckedIOException(new IOException("injected: cannot create " + location()));
            });
            return new FaultyStream(file.create(), plan);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return create();
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public InputFile toInputFile() {
            return file.toInputFile();
        }
    }

    private static final class FaultyStream extends PositionOutputStream implements AbortableOutput {
        private final PositionOutputStream out;
        private final FaultPlan plan;
        private boolean closed;

        FaultyStream(PositionOutputStream out, FaultPlan plan) {
            this.out = out;
            this.plan = plan;
        }

        @Override
        public long getPos() throws IOException {
            return out.getPos();
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            // Thousands of small writes make a file: only the large ones are points of failure, as one of them is
            // enough.
            if (length > 64 && plan.at(0.1, Fault.WRITE_HALF).isPresent()) {
                out.write(bytes, offset, length / 2);
                throw new IOException("injected: wrote half");
            }
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void abort() {
            closed = true;
            if (out instanceof AbortableOutput abortable) {
                abortable.abort();
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            out.close();
            if (plan.at(0.3, Fault.CLOSE_FILE).isPresent()) {
                throw new IOException("injected: close failed");
            }
        }
    }
}
