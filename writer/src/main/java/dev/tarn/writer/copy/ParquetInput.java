package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Parquet files, opened without Hadoop. */
final class ParquetInput {
    private ParquetInput() {}

    /**
     * A reader, which the caller closes.
     *
     * @throws TarnException CORRUPT naming the file, if it is damaged or no Parquet file; NOT_FOUND, UNAVAILABLE
     */
    static ParquetFileReader open(InputFile file) {
        try {
            return ParquetFileReader.open(
                    new Adapter(file),
                    ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
        } catch (IOException | RuntimeException e) {
            throw failure(file.location(), e);
        }
    }

    /** The footer, as {@link #open}. */
    static ParquetMetadata footer(InputFile file) {
        try (ParquetFileReader reader = open(file)) {
            return reader.getFooter();
        } catch (IOException e) {
            throw failure(file.location(), e);
        }
    }

    /**
     * The Iceberg schema of a Parquet file; ids are its own, or made up where it has none.
     *
     * @throws TarnException UNSUPPORTED if a column has no Iceberg type
     */
    static Schema schema(String location, MessageType parquet) {
        try {
            Schema converted = ParquetSchemaUtil.convert(parquet);
            List<Types.NestedField> columns = new ArrayList<>();
            for (Types.NestedField column : converted.columns()) {
                columns.add(isUuid(parquet.getType(column.name())) ? uuid(column) : column);
            }
            return new Schema(columns);
        } catch (RuntimeException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "%s has a column that no Iceberg type can hold: %s"
                            .formatted(BadRowException.fileName(location), e.getMessage()),
                    e);
        }
    }

    /** Iceberg's conversion knows no uuid, and takes it for fixed bytes. */
    private static boolean isUuid(Type given) {
        return given.getLogicalTypeAnnotation() instanceof UUIDLogicalTypeAnnotation;
    }

    private static Types.NestedField uuid(Types.NestedField column) {
        return Types.NestedField.from(column).ofType(Types.UUIDType.get()).build();
    }

    /** What a failure while reading a binary file means. */
    static TarnException failure(String location, Throwable failure) {
        if (failure instanceof TarnException known) {
            return known;
        }
        if (failure instanceof NotFoundException) {
            return new TarnException(ErrorKind.NOT_FOUND, "There is no file " + location, failure);
        }
        if (failure instanceof OutOfMemoryException) {
            return new TarnException(
                    ErrorKind.REFUSED,
                    "%s has batches or values that are too large to load; write it again in smaller ones"
                            .formatted(BadRowException.fileName(location)),
                    failure);
        }
        if (failure.getClass().getName().startsWith("software.amazon")) {
            return new TarnException(
                    ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(location, failure.getMessage()), failure);
        }
        return new TarnException(
                ErrorKind.CORRUPT,
                "%s is damaged or not what its format promises; write it again or leave it out"
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
