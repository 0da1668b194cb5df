package dev.tarn.writer.layout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * Rows on local disk: for each partition, in order, blocks that are Arrow IPC messages. Written once through {@link
 * Writer}, then read at any block. Confined to one thread; closing frees the disk.
 */
final class SpilledRun implements AutoCloseable {
    /** Rows of one block at most, so that merging compares within the caches. */
    private static final int MAX_BLOCK_ROWS = 8_192;

    private static final int WRITE_BUFFER_BYTES = 256 * 1024;

    private final SpillSpace space;
    private final FileChannel channel;
    private final Map<Integer, List<ArrowBlock>> blocks = new HashMap<>();
    private final int level;
    private long bytes;

    private SpilledRun(SpillSpace space, FileChannel channel, int level) {
        this.space = space;
        this.channel = channel;
        this.level = level;
    }

    /** How often its rows were merged. */
    int level() {
        return level;
    }

    Set<Integer> partitions() {
        return blocks.keySet();
    }

    /** The blocks of one partition, in order; none if it is not here. */
    List<ArrowBlock> blocks(int partition) {
        return blocks.getOrDefault(partition, List.of());
    }

    /** Bytes of one partition. */
    long bytes(int partition) {
        return blocks(partition).stream().mapToLong(ArrowBlock::getBodyLength).sum();
    }

    /** Forgets a partition that was read to its end. */
    void forget(int partition) {
        blocks.remove(partition);
    }

    /** Replaces the content of a batch by one block. */
    void load(ArrowBlock block, VectorSchemaRoot batch, BufferAllocator allocator) {
        try {
            channel.position(block.getOffset());
            // The channel stays open, so the reading end over it is not closed either.
            ReadChannel in = new ReadChannel(channel);
            try (ArrowRecordBatch content = MessageSerializer.deserializeRecordBatch(in, block, allocator)) {
                new VectorLoader(batch).load(content);
            }
        } catch (IOException e) {
            throw space.failed(e);
        }
    }

    @Override
    public void close() {
        blocks.clear();
        space.release(bytes);
        bytes = 0;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close a spilled run", e);
        }
    }

    /** Writes a run; partitions come one after the other. Closing before {@link #finish} drops what was written. */
    static final class Writer implements AutoCloseable {
        private final SpilledRun run;
        private final BufferedChannel out;
        private final WriteChannel messages;
        private final VectorSchemaRoot block;
        private final StoredColumns columns;
        private final long blockBytes;
        private boolean finished;

        private Writer(SpilledRun run, StoredColumns columns, VectorSchemaRoot block, long blockBytes) {
            this.run = run;
            this.out = new BufferedChannel(run.channel);
            this.messages = new WriteChannel(out);
            this.block = block;
            this.columns = columns;
            this.blockBytes = blockBytes;
        }

        static Writer open(
                SpillSpace space, StoredColumns columns, BufferAllocator allocator, long blockBytes, int level) {
            try {
                SpilledRun run = new SpilledRun(space, space.create(), level);
                return new Writer(run, columns, columns.newBatch(allocator), blockBytes);
            } catch (IOException e) {
                throw space.failed(e);
            }
        }

        /** Appends rows of one partition, of which earlier rows may have come before but none of another since. */
        void append(int partition, VectorSchemaRoot batch, int[] rows, int from, int to) {
            long rowBytes = Math.max(1, bytesOf(batch) / Math.max(1, batch.getRowCount()));
            int step = (int) Math.max(1, Math.min(MAX_BLOCK_ROWS, blockBytes / rowBytes));
            for (int begin = from; begin < to; begin += step) {
                int end = Math.min(begin + step, to);
                columns.reset(block);
                RowAppender.append(block, 0, batch, columns.count(), rows, begin, end);
                block.setRowCount(end - begin);
                write(partition);
            }
        }

        SpilledRun finish() {
            try {
                out.flush();
            } catch (IOException e) {
                throw run.space.failed(e);
            }
            finished = true;
            return run;
        }

        @Override
        public void close() {
            block.close();
            if (!finished) {
                run.close();
            }
        }

        private void write(int partition) {
            try (ArrowRecordBatch content = new VectorUnloader(block).getRecordBatch()) {
                long size = content.computeBodyLength();
                run.space.claim(size);
                run.bytes += size;
                ArrowBlock place = MessageSerializer.serialize(messages, content);
                run.blocks
                        .computeIfAbsent(partition, absent -> new ArrayList<>())
                        .add(place);
            } catch (IOException e) {
                throw run.space.failed(e);
            }
        }
    }

    static long bytesOf(VectorSchemaRoot batch) {
        return batch.getFieldVectors().stream()
                .mapToLong(vector -> vector.getBufferSize())
                .sum();
    }

    /** Gathers the small buffers of messages. */
    private static final class BufferedChannel implements WritableByteChannel {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BUFFER_BYTES);

        BufferedChannel(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int length = source.remaining();
            if (length > buffer.remaining()) {
                flush();
            }
            if (length > buffer.remaining()) {
                while (source.hasRemaining()) {
                    channel.write(source);
                }
            } else {
                buffer.put(source);
            }
            return length;
        }

        void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
