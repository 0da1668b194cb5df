package dev.tarn.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** An Arrow IPC stream. The batches of one result may come from different roots. */
final class ArrowWriter implements ResultWriter {
    private final OutputStream out;
    private final WriteChannel channel;

    ArrowWriter(OutputStream out) {
        this.out = out;
        this.channel = new WriteChannel(Channels.newChannel(out));
    }

    @Override
    public void begin(Schema schema) {
        try {
            MessageSerializer.serialize(channel, schema);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }

    @Override
    public void batch(VectorSchemaRoot rows) {
        try (ArrowRecordBatch batch = new VectorUnloader(rows).getRecordBatch()) {
            MessageSerializer.serialize(channel, batch);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }

    @Override
    public void end() {
        try {
            ArrowStreamWriter.writeEndOfStream(channel, IpcOption.DEFAULT);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }
}
