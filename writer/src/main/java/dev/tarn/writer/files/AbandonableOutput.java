package dev.tarn.writer.files;

import dev.tarn.storage.AbortableOutput;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/** An output file that can be given up while it is written, if its file IO knows how to. Confined to one thread. */
final class AbandonableOutput implements OutputFile {
    private final OutputFile output;
    private @Nullable PositionOutputStream stream;

    AbandonableOutput(OutputFile output) {
        this.output = output;
    }

    /** Makes no file appear, whatever is closed afterwards; with another file IO the file appears and is to be deleted. */
    void abandon() {
        if (stream instanceof AbortableOutput abortable) {
            abortable.abort();
        }
    }

    @Override
    public PositionOutputStream create() {
        PositionOutputStream created = output.create();
        stream = created;
        return created;
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        PositionOutputStream created = output.createOrOverwrite();
        stream = created;
        return created;
    }

    @Override
    public String location() {
        return output.location();
    }

    @Override
    public InputFile toInputFile() {
        return output.toInputFile();
    }
}
