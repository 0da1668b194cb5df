package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.Collection;
import java.util.List;
import org.apache.iceberg.types.Types;

/** Compares the columns of a file with those of the table. */
final class SourceColumns {
    private SourceColumns() {}

    static void refuseUnknown(String location, Collection<String> found, List<Types.NestedField> columns) {
        List<String> known = columns.stream().map(Types.NestedField::name).toList();
        for (String name : found) {
            if (!known.contains(name)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "%s has a column '%s' that the table lacks%s; add the column to the table or take it out of the file"
                                .formatted(BadRowException.fileName(location), name, NearestName.hint(name, known)));
            }
        }
    }
}
