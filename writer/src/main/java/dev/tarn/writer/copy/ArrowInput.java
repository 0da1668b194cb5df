package dev.tarn.writer.copy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** Arrow IPC files and streams, with bodies compressed by LZ4 or zstd or plain. */
final class ArrowInput {
    private static final byte[] FILE_MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

    private ArrowInput() {}

    /**
     * A reader, which the caller closes.
     *
     * @throws dev.tarn.common.TarnException CORRUPT, NOT_FOUND, UNAVAILABLE
     */
    static ArrowReader open(InputFile file, BufferAllocator allocator) {
        try {
            if (isFile(file)) {
                return new ArrowFileReader(new Channel(file), allocator, CommonsCompressionFactory.INSTANCE);
            }
            return new ArrowStreamReader(
                    new BufferedInputStream(file.newStream()), allocator, CommonsCompressionFactory.INSTANCE);
        } catch (IOException | RuntimeException e) {
            throw ParquetInput.failure(file.location(), e);
        }
    }

    /** The schema alone, with dictionary-encoded columns as what they stand for. */
    static Schema schema(InputFile file, BufferAllocator allocator) {
        try (ArrowReader reader = open(file, allocator)) {
            reader.loadNextBatch();
            Schema schema = reader.getVectorSchemaRoot().getSchema();
            List<Field> fields = new ArrayList<>();
            for (Field field : schema.getFields()) {
                fields.add(decoded(field, reader));
            }
            return new Schema(fields);
        } catch (IOException | RuntimeException e) {
            throw ParquetInput.failure(file.location(), e);
        }
    }

    private static Field decoded(Field field, ArrowReader reader) throws IOException {
        if (field.getDictionary() == null) {
            return field;
        }
        Dictionary dictionary =
                reader.getDictionaryVectors().get(field.getDictionary().getId());
        if (dictionary == null) {
            throw new IOException("no dictionary for column " + field.getName());
        }
        Field values = dictionary.getVector().getField();
        return new Field(
                field.getName(), new FieldType(field.isNullable(), values.getType(), null), values.getChildren());
    }

    private static boolean isFile(InputFile file) throws IOException {
        try (SeekableInputStream stream = file.newStream()) {
            return Arrays.equals(stream.readNBytes(FILE_MAGIC.length), FILE_MAGIC);
        }
    }

    private static final class Channel implements SeekableByteChannel {
        /** Bytes of one read, since targets may lie outside of the heap. */
        private static final int CHUNK_BYTES = 1 << 20;

        private final InputFile file;
        private final SeekableInputStream stream;
        private boolean open = true;

        Channel(InputFile file) {
            this.file = file;
            this.stream = file.newStream();
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            byte[] chunk = new byte[Math.min(target.remaining(), CHUNK_BYTES)];
            int count = stream.read(chunk, 0, chunk.length);
            if (count > 0) {
                target.put(chunk, 0, count);
            }
            return count;
        }

        @Override
        public long position() throws IOException {
            return stream.getPos();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            stream.seek(position);
            return this;
        }

        @Override
        public long size() {
            return file.getLength();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            open = false;
            stream.close();
        }

        @Override
        public int write(ByteBuffer source) {
            throw new NonWritableChannelException();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new NonWritableChannelException();
        }
    }
}
