package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.Type;

/**
 * What the footer of a Parquet file says about its columns. The engine reads a column without a field id as NULL, silently,
 * so that every file is looked at first.
 *
 * @param names of the top-level columns in their order
 * @param fieldIds of the top-level columns that have one
 */
record FooterFacts(List<String> names, Set<Integer> fieldIds) {
    FooterFacts {
        names = List.copyOf(names);
        fieldIds = Set.copyOf(fieldIds);
    }

    /** Reads the footer of a local file; the location is for the message if it is damaged. */
    static FooterFacts read(Path file, String location) {
        ParquetReadOptions options =
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
            List<String> names = new ArrayList<>();
            Set<Integer> ids = new HashSet<>();
            for (Type column : reader.getFileMetaData().getSchema().getFields()) {
                names.add(column.getName());
                if (column.getId() != null) {
                    ids.add(column.getId().intValue());
                }
            }
            return new FooterFacts(names, ids);
        } catch (IOException | RuntimeException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "The data file %s is not a readable Parquet file".formatted(location), e);
        }
    }

    /** Whether columns can be found by field id. */
    boolean hasFieldIds() {
        return !fieldIds.isEmpty() || names.isEmpty();
    }
}
