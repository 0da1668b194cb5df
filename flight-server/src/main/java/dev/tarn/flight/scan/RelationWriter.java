package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.scan.cache.ScanCache;
import dev.tarn.flight.worker.EngineWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.mapping.MappedField;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types.NestedField;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes the query that reads a table's files. Inside, a column is called after its field id, so that nothing a user named
 * can collide. Confined to one statement.
 */
final class RelationWriter {
    private final PinnedTable table;
    private final ScanCache.Lease lease;
    private final LongSupplier setNumbers;
    private final Map<Long, Map<Integer, RoaringBitmap>> deletedRows = new HashMap<>();

    RelationWriter(PinnedTable table, ScanCache.Lease lease, LongSupplier setNumbers) {
        this.table = table;
        this.lease = lease;
        this.setNumbers = setNumbers;
    }

    /** Positions that the written query asks for. */
    Map<Long, Map<Integer, RoaringBitmap>> deletedRows() {
        return deletedRows;
    }

    String write(List<PlannedFile> files) {
        Map<PlannedFile.GroupKey, List<PlannedFile>> groups = new LinkedHashMap<>();
        files.forEach(file -> groups.computeIfAbsent(file.groupKey(), key -> new ArrayList<>())
                .add(file));
        List<String> parts = new ArrayList<>();
        groups.values().forEach(group -> parts.add(group(group)));
        return "(" + String.join(" UNION ALL ", parts) + ")";
    }

    private String group(List<PlannedFile> files) {
        PlannedFile first = files.get(0);
        Map<Set<Integer>, List<DeleteFile>> equalityDeletes = byFields(first.equalityDeletes());
        List<NestedField> fields = fields(equalityDeletes.keySet());
        List<String> conditions = new ArrayList<>();
        String source = source(files, fields);
        if (first.deleted() != null) {
            conditions.add("%s(%d, tarn_file, tarn_row)".formatted(EngineWorker.KEEPS_ROW, keepDeleted(files)));
        }
        equalityDeletes.forEach((ids, deletes) -> conditions.add(notDeleted(ids, deletes)));
        List<String> columns = table.schema().columns().stream()
                .map(field -> "t." + inner(field.fieldId()) + " AS " + EngineTypes.identifier(field.name()))
                .toList();
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return "SELECT " + String.join(", ", columns) + " FROM " + source + " t" + where;
    }

    private long keepDeleted(List<PlannedFile> files) {
        long set = setNumbers.getAsLong();
        Map<Integer, RoaringBitmap> byIndex = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            RoaringBitmap deleted = files.get(i).deleted();
            byIndex.put(i, deleted == null ? new RoaringBitmap() : deleted);
        }
        deletedRows.put(set, byIndex);
        return set;
    }

    private String source(List<PlannedFile> files, List<NestedField> fields) {
        PlannedFile first = files.get(0);
        String position = first.deleted() == null
                ? ""
                : ", CAST(file_index AS BIGINT) AS tarn_file, CAST(file_row_number AS BIGINT) AS tarn_row";
        List<String> paths = files.stream()
                .map(file ->
                        EngineTypes.literal(lease.path(file.file().location()).toString()))
                .toList();
        if (!first.facts().hasFieldIds()) {
            return "(SELECT %s%s FROM read_parquet([%s]))".formatted(byName(first, fields), position, paths.get(0));
        }
        return "(SELECT %s%s FROM read_parquet([%s], schema = %s))"
                .formatted(names(fields), position, String.join(", ", paths), fieldMap(fields, first.constants()));
    }

    private static String names(List<NestedField> fields) {
        return String.join(
                ", ", fields.stream().map(field -> inner(field.fieldId())).toList());
    }

    private static String fieldMap(List<NestedField> fields, Map<Integer, String> constants) {
        List<String> entries = new ArrayList<>();
        for (NestedField field : fields) {
            String constant = constants.get(field.fieldId());
            String defaultText = constant != null ? constant : EngineTypes.defaultText(field);
            entries.add(EngineTypes.mapEntry(field.fieldId(), inner(field.fieldId()), field.type(), defaultText));
        }
        return "MAP {" + String.join(", ", entries) + "}";
    }

    /** Columns of a file without field ids, by the table's name mapping or, without one, by their position. */
    private String byName(PlannedFile file, List<NestedField> fields) {
        Map<Integer, String> names = new HashMap<>();
        String json = table.table().properties().get(TableProperties.DEFAULT_NAME_MAPPING);
        NameMapping mapping = json == null ? null : NameMappingParser.fromJson(json);
        for (int i = 0; i < file.facts().names().size(); i++) {
            String name = file.facts().names().get(i);
            MappedField mapped = mapping == null ? MappedField.of(i + 1, name) : mapping.find(name);
            if (mapped != null && mapped.id() != null) {
                names.put(mapped.id(), name);
            }
        }
        List<String> columns = new ArrayList<>();
        for (NestedField field : fields) {
            String name = names.get(field.fieldId());
            String constant = file.constants().get(field.fieldId());
            String defaultText = constant != null ? constant : EngineTypes.defaultText(field);
            String missing = defaultText == null ? "NULL" : EngineTypes.literal(defaultText);
            columns.add("CAST(%s AS %s) AS %s"
                    .formatted(
                            name == null ? missing : EngineTypes.identifier(name),
                            EngineTypes.sqlType(field.type()),
                            inner(field.fieldId())));
        }
        return String.join(", ", columns);
    }

    private String notDeleted(Set<Integer> ids, List<DeleteFile> deletes) {
        List<NestedField> fields = ids.stream().map(this::field).toList();
        List<String> paths = deletes.stream()
                .map(file -> EngineTypes.literal(lease.path(file.location()).toString()))
                .toList();
        List<String> same = ids.stream()
                .map(id -> "d.%s IS NOT DISTINCT FROM t.%s".formatted(inner(id), inner(id)))
                .toList();
        return "NOT EXISTS (SELECT 1 FROM (SELECT %s FROM read_parquet([%s], schema = %s)) d WHERE %s)"
                .formatted(
                        names(fields),
                        String.join(", ", paths),
                        fieldMap(fields, Map.of()),
                        String.join(" AND ", same));
    }

    private static Map<Set<Integer>, List<DeleteFile>> byFields(List<DeleteFile> deletes) {
        Map<Set<Integer>, List<DeleteFile>> byFields = new LinkedHashMap<>();
        for (DeleteFile delete : deletes) {
            byFields.computeIfAbsent(new TreeSet<>(delete.equalityFieldIds()), ids -> new ArrayList<>())
                    .add(delete);
        }
        return byFields;
    }

    /** The table's columns, then columns that only equality deletes compare. */
    private List<NestedField> fields(Set<Set<Integer>> equalityIds) {
        List<NestedField> fields = new ArrayList<>(table.schema().columns());
        Set<Integer> known = new LinkedHashSet<>();
        fields.forEach(field -> known.add(field.fieldId()));
        for (Set<Integer> ids : equalityIds) {
            for (int id : ids) {
                if (known.add(id)) {
                    fields.add(field(id));
                }
            }
        }
        return fields;
    }

    /** A top-level field of the pinned schema or, if it was dropped since, of the newest schema that had it. */
    private NestedField field(int id) {
        var schemas = new TreeMap<>(table.table().schemas()).descendingMap().values();
        List<NestedField> candidates = new ArrayList<>(table.schema().columns());
        schemas.forEach(schema -> candidates.addAll(schema.columns()));
        return candidates.stream()
                .filter(field -> field.fieldId() == id)
                .findFirst()
                .orElseThrow(() -> new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The table %s has equality deletes on field %d, which is not a top-level column"
                                .formatted(table.identifier(), id)));
    }

    private static String inner(int fieldId) {
        return "f" + fieldId;
    }
}
