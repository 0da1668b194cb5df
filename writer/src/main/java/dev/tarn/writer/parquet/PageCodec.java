package dev.tarn.writer.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Compresses pages. Confined to one thread at a time; who makes it closes it. */
interface PageCodec extends AutoCloseable {
    /** Replaces what {@code out} holds by the compressed form of some bytes. */
    void compress(byte[] source, int offset, int length, ByteSink out);

    @Override
    void close();

    static PageCodec of(CompressionCodecName codec, int level) {
        return switch (codec) {
            case ZSTD -> new ZstdCodec(level);
            case UNCOMPRESSED -> new NoCodec();
            default -> new LibraryCodec(codec);
        };
    }

    /** zstd, without the Hadoop codec classes that parquet-java would load, and from array to array. */
    final class ZstdCodec implements PageCodec {
        private final ZstdCompressCtx context = new ZstdCompressCtx();

        ZstdCodec(int level) {
            context.setLevel(level);
        }

        @Override
        public void compress(byte[] source, int offset, int length, ByteSink out) {
            out.clear();
            int bound = Math.toIntExact(Zstd.compressBound(length));
            byte[] target = out.reserve(bound);
            out.advance(context.compressByteArray(target, 0, bound, source, offset, length));
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** Leaves pages as they are. */
    final class NoCodec implements PageCodec {
        @Override
        public void compress(byte[] source, int offset, int length, ByteSink out) {
            out.clear();
            out.put(source, offset, length);
        }

        @Override
        public void close() {}
    }

    /** The codecs that parquet-java brings: snappy and gzip. */
    final class LibraryCodec implements PageCodec {
        private static final int PAGE_BYTES = 1 << 20;

        private final CodecFactory factory = new CodecFactory(new PlainParquetConfiguration(), PAGE_BYTES);
        private final BytesInputCompressor compressor;

        LibraryCodec(CompressionCodecName codec) {
            compressor = factory.getCompressor(codec);
        }

        @Override
        public void compress(byte[] source, int offset, int length, ByteSink out) {
            try {
                ByteArrayOutputStream compressed = new ByteArrayOutputStream(length);
                compressor.compress(BytesInput.from(source, offset, length)).writeAllTo(compressed);
                out.clear();
                out.put(compressed.toByteArray(), 0, compressed.size());
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot compress a page with " + compressor.getCodecName(), e);
            }
        }

        @Override
        public void close() {
            factory.release();
        }
    }
}
