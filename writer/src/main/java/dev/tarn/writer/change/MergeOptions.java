package dev.tarn.writer.change;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How change events are understood. Immutable; begin with {@link #byKey}.
 *
 * @param keyColumns names of top-level columns of the table that identify a row
 * @param operationColumn column of the events that tells what happened; if the table lacks it, it is not written
 * @param operations what its values mean, in lower case; values are compared without regard to case
 * @param sequenceColumn column whose largest value wins among events of one call with equal keys, instead of the last one;
 *     if the table lacks it, it is not written
 * @param softDeleteColumn boolean column of the table that is set to true instead of removing the row; a delete must then
 *     carry the whole row
 */
public record MergeOptions(
        List<String> keyColumns,
        String operationColumn,
        Map<String, ChangeKind> operations,
        Optional<String> sequenceColumn,
        Optional<String> softDeleteColumn) {
    /** Name of the operation column unless another is given. */
    public static final String DEFAULT_OPERATION_COLUMN = "op";

    /** The letters that change-data-capture tools use, and the words. */
    public static final Map<String, ChangeKind> DEFAULT_OPERATIONS = Map.ofEntries(
            Map.entry("c", ChangeKind.INSERT),
            Map.entry("r", ChangeKind.INSERT),
            Map.entry("i", ChangeKind.INSERT),
            Map.entry("insert", ChangeKind.INSERT),
            Map.entry("create", ChangeKind.INSERT),
            Map.entry("read", ChangeKind.INSERT),
            Map.entry("u", ChangeKind.UPDATE),
            Map.entry("update", ChangeKind.UPDATE),
            Map.entry("upsert", ChangeKind.UPDATE),
            Map.entry("d", ChangeKind.DELETE),
            Map.entry("delete", ChangeKind.DELETE));

    /** Refuses empty names and makes the codes lower case. */
    public MergeOptions {
        keyColumns = List.copyOf(keyColumns);
        if (operationColumn.isBlank()) {
            throw new IllegalArgumentException("operationColumn must be the name of a column but was blank");
        }
        Map<String, ChangeKind> lower = new HashMap<>();
        operations.forEach((code, kind) -> lower.put(code.toLowerCase(Locale.ROOT), kind));
        operations = Map.copyOf(lower);
    }

    /** Events with the default column and codes, in which the last of equal keys wins. */
    public static MergeOptions byKey(List<String> keyColumns) {
        return new MergeOptions(
                keyColumns, DEFAULT_OPERATION_COLUMN, DEFAULT_OPERATIONS, Optional.empty(), Optional.empty());
    }

    /** The same, with another operation column. */
    public MergeOptions withOperationColumn(String column) {
        return new MergeOptions(keyColumns, column, operations, sequenceColumn, softDeleteColumn);
    }

    /** The same, with other codes. For a column that marks deletes: {@code "true"} is a delete, {@code "false"} is not. */
    public MergeOptions withOperations(Map<String, ChangeKind> codes) {
        return new MergeOptions(keyColumns, operationColumn, codes, sequenceColumn, softDeleteColumn);
    }

    /** The same, with a column that orders events of equal keys. */
    public MergeOptions withSequenceColumn(String column) {
        return new MergeOptions(keyColumns, operationColumn, operations, Optional.of(column), softDeleteColumn);
    }

    /** The same, with a column that marks deleted rows, which then stay. */
    public MergeOptions withSoftDeleteColumn(String column) {
        return new MergeOptions(keyColumns, operationColumn, operations, sequenceColumn, Optional.of(column));
    }
}
