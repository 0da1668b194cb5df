package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The partition that all rows of a file are in, as far as its footer and path prove it. */
final class PartitionProof {
    private static final String NULL_OF_HIVE = "__HIVE_DEFAULT_PARTITION__";

    private final Table table;
    private final Schema file;
    private final Metrics metrics;
    private final String location;
    private final ColumnValues values = new ColumnValues(ValueFormats.ISO);
    private final PartitionData partition;
    private final Set<Integer> columnsOfPath = new HashSet<>();

    /**
     * Proves the partition.
     *
     * @param metrics with exact bounds
     * @throws TarnException INVALID naming the partition field that cannot be proven
     */
    PartitionProof(Table table, Schema file, Metrics metrics, String location) {
        this.table = table;
        this.file = file;
        this.metrics = metrics;
        this.location = location;
        this.partition = new PartitionData(table.spec().partitionType());
        for (int i = 0; i < table.spec().fields().size(); i++) {
            PartitionField field = table.spec().fields().get(i);
            partition.set(i, field.transform().isVoid() ? null : prove(field));
        }
    }

    /** The value of each partition field. */
    PartitionData partition() {
        return partition;
    }

    /** Ids of columns that the file lacks and whose value is that of the partition, which readers put in. */
    Set<Integer> columnsOfPath() {
        return columnsOfPath;
    }

    private @Nullable Object prove(PartitionField field) {
        Types.NestedField column = table.schema().findField(field.sourceId());
        if (file.findField(field.sourceId()) == null) {
            return fromPath(field, column);
        }
        long rows = metrics.recordCount();
        Long nulls = count(metrics.nullValueCounts(), field.sourceId());
        if (nulls == null) {
            throw unproven(field, "its footer does not count the nulls of column '%s'".formatted(column.name()));
        }
        if (nulls == rows) {
            return null;
        }
        if (nulls > 0) {
            throw unproven(field, "column '%s' has nulls and other values".formatted(column.name()));
        }
        return fromBounds(field, column);
    }

    @SuppressWarnings("unchecked") // Iceberg's transforms are typed by what they are bound to.
    private Object fromBounds(PartitionField field, Types.NestedField column) {
        Type type = column.type();
        if (type.typeId() == Type.TypeID.FLOAT || type.typeId() == Type.TypeID.DOUBLE) {
            throw unproven(field, "bounds of column '%s' do not tell of NaN".formatted(column.name()));
        }
        ByteBuffer lower = bound(metrics.lowerBounds(), column.fieldId());
        ByteBuffer upper = bound(metrics.upperBounds(), column.fieldId());
        if (lower == null || upper == null) {
            throw unproven(field, "its footer has no bounds of column '%s'".formatted(column.name()));
        }
        Object min = Conversions.fromByteBuffer(type, lower);
        Object max = Conversions.fromByteBuffer(type, upper);
        Transform<Object, Object> transform = (Transform<Object, Object>) field.transform();
        Object first = transform.bind(type).apply(min);
        Object last = transform.bind(type).apply(max);
        boolean one = transform.preservesOrder() ? first.equals(last) : min.equals(max);
        if (!one) {
            throw unproven(
                    field,
                    "column '%s' has values of more than one partition, or more than one value where the transform keeps no order"
                            .formatted(column.name()));
        }
        return first;
    }

    private @Nullable Object fromPath(PartitionField field, Types.NestedField column) {
        if (!field.transform().isIdentity()) {
            throw unproven(field, "the file lacks column '%s'".formatted(column.name()));
        }
        String text = pathValue(column.name())
                .orElseThrow(() -> unproven(
                        field,
                        "the file lacks column '%s' and its path has no '%s=...'"
                                .formatted(column.name(), column.name())));
        columnsOfPath.add(column.fieldId());
        if (text.equals(NULL_OF_HIVE)) {
            if (column.isRequired()) {
                throw unproven(field, "column '%s' is required but null in the path".formatted(column.name()));
            }
            return null;
        }
        if (!values.parses(column.type(), text)) {
            throw unproven(
                    field,
                    "in its path column '%s' %s".formatted(column.name(), ColumnValues.expectation(column.type())));
        }
        return Conversions.fromPartitionString(column.type(), text);
    }

    private Optional<String> pathValue(String column) {
        for (String part : location.split("/", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0 && decode(part.substring(0, equals)).equals(column)) {
                return Optional.of(decode(part.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    private static String decode(String text) {
        try {
            // A plus stands for itself in paths.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static @Nullable Long count(@Nullable Map<Integer, Long> counts, int id) {
        return counts == null ? null : counts.get(id);
    }

    private static @Nullable ByteBuffer bound(@Nullable Map<Integer, ByteBuffer> bounds, int id) {
        return bounds == null ? null : bounds.get(id);
    }

    private TarnException unproven(PartitionField field, String why) {
        return new TarnException(
                ErrorKind.INVALID,
                "the value of partition field '%s' (%s) cannot be proven: %s"
                        .formatted(field.name(), field.transform(), why));
    }
}
