package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.schema.MessageType;

/** The footer of a Parquet file, read without Hadoop. */
final class ParquetInput {
    private ParquetInput() {}

    /**
     * The schema in the footer.
     *
     * @throws TarnException CORRUPT naming the file, if it is damaged or no Parquet file
     */
    static MessageType schema(InputFile file) {
        try (ParquetFileReader reader = ParquetFileReader.open(
                new Adapter(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            return reader.getFileMetaData().getSchema();
        } catch (IOException | RuntimeException e) {
            throw failure(file.location(), e);
        }
    }

    /** What a failure while reading a Parquet file means. */
    static TarnException failure(String location, Exception failure) {
        if (failure instanceof TarnException known) {
            return known;
        }
        if (failure instanceof NotFoundException) {
            return new TarnException(ErrorKind.NOT_FOUND, "There is no file " + location, failure);
        }
        if (failure.getClass().getName().startsWith("software.amazon")) {
            return new TarnException(
                    ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(location, failure.getMessage()), failure);
        }
        return new TarnException(
                ErrorKind.CORRUPT,
                "%s is damaged or no Parquet file; write it again or leave it out"
                        .formatted(BadRowException.fileName(location)),
                failure);
    }

    private record Adapter(InputFile file) implements org.apache.parquet.io.InputFile {
        @Override
        public long getLength() {
            return file.getLength();
        }

        @Override
        public org.apache.parquet.io.SeekableInputStream newStream() {
            SeekableInputStream stream = file.newStream();
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() throws IOException {
                    return stream.getPos();
                }

                @Override
                public void seek(long position) throws IOException {
                    stream.seek(position);
                }
            };
        }
    }
}
