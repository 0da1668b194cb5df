package dev.tarn.it.writer;

import dev.tarn.testkit.rows.RandomRecords;
import dev.tarn.writer.change.ChangeEvent;
import dev.tarn.writer.change.ChangeKind;
import dev.tarn.writer.change.MergeOptions;
import dev.tarn.writer.change.RowDeletes;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;

/** A random sequence of writes to a table, and the rows that must be in it by then. Not thread-safe. */
final class RandomHistory {
    private final Random random;
    private final RandomRecords records;
    private final Table table;
    private final List<RowDeletes> ways;
    private final List<String> steps = new ArrayList<>();
    private final Map<Long, Record> rows = new TreeMap<>();
    private long nextId;
    private int columnsAdded;

    /**
     * A history that has not begun.
     *
     * @param ways in which rows may be taken out
     */
    RandomHistory(Random random, Table table, List<RowDeletes> ways) {
        this.random = random;
        this.ways = List.copyOf(ways);
        this.records = new RandomRecords(random);
        this.table = table;
    }

    void run(int count) {
        append();
        for (int i = 1; i < count; i++) {
            switch (random.nextInt(9)) {
                case 0, 1 -> append();
                case 2, 3 -> upsert();
                case 4, 5 -> merge();
                case 6 -> delete();
                case 7 -> overwrite();
                default -> addColumn();
            }
        }
    }

    /** The rows that must be there, with the columns that the table has now. */
    List<Record> expected() {
        List<Record> all = new ArrayList<>();
        for (Record row : rows.values()) {
            GenericRecord now = GenericRecord.create(table.schema());
            for (Types.NestedField field : row.struct().fields()) {
                now.setField(field.name(), row.getField(field.name()));
            }
            all.add(now);
        }
        return all;
    }

    @Override
    public String toString() {
        return String.join(", ", steps);
    }

    private void append() {
        List<Record> added = records.list(table.schema(), nextId, 1 + random.nextInt(60));
        nextId += added.size();
        steps.add("append " + added.size());
        Ingest.into(table, IngestOptions.defaults()).append(added);
        added.forEach(this::remember);
    }

    private void upsert() {
        List<Record> changed = changed();
        RowDeletes way = way();
        steps.add("upsert %d, %s".formatted(changed.size(), way));
        List<Map<String, Object>> maps =
                changed.stream().map(RandomHistory::map).toList();
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(way)).upsertMaps(maps, List.of("id"));
        changed.forEach(this::remember);
    }

    private void merge() {
        List<ChangeEvent> events = new ArrayList<>();
        for (Record row : changed()) {
            boolean gone = random.nextInt(3) == 0;
            events.add(new ChangeEvent(gone ? ChangeKind.DELETE : ChangeKind.UPDATE, map(row)));
            if (gone) {
                rows.remove((Long) row.getField("id"));
            } else {
                remember(row);
            }
        }
        RowDeletes way = way();
        steps.add("merge %d, %s".formatted(events.size(), way));
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(way))
                .mergeEvents(events, MergeOptions.byKey(List.of("id")));
    }

    private void delete() {
        long from = random.nextInt((int) nextId);
        long to = from + random.nextInt(15);
        RowDeletes way = byFilter();
        steps.add("delete %d..%d, %s".formatted(from, to, way));
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(way)).deleteWhere(between(from, to));
        rows.keySet().removeIf(id -> id >= from && id < to);
    }

    private void overwrite() {
        long from = random.nextInt((int) nextId);
        long to = from + 1 + random.nextInt(15);
        List<Record> added = List.of(records.next(table.schema(), from));
        RowDeletes way = byFilter();
        steps.add("overwrite %d..%d, %s".formatted(from, to, way));
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(way))
                .overwriteMaps(added.stream().map(RandomHistory::map).toList(), between(from, to));
        rows.keySet().removeIf(id -> id >= from && id < to);
        added.forEach(this::remember);
    }

    private List<Record> changed() {
        List<Record> changed = new ArrayList<>();
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            changed.add(records.next(table.schema(), random.nextInt((int) nextId + 5)));
        }
        nextId += 5;
        return changed;
    }

    private RowDeletes way() {
        return ways.get(random.nextInt(ways.size()));
    }

    /** Equality deletes hold keys, so a filter cannot be written as some. */
    private RowDeletes byFilter() {
        RowDeletes way = way();
        return way == RowDeletes.EQUALITY ? RowDeletes.POSITIONS : way;
    }

    private static Expression between(long from, long to) {
        return Expressions.and(Expressions.greaterThanOrEqual("id", from), Expressions.lessThan("id", to));
    }

    private void addColumn() {
        String name = "added" + columnsAdded++;
        steps.add("add " + name);
        table.updateSchema().addColumn(name, Types.StringType.get()).commit();
        table.refresh();
    }

    private void remember(Record row) {
        rows.put((Long) row.getField("id"), row);
    }

    private static Map<String, Object> map(Record row) {
        Map<String, Object> map = new LinkedHashMap<>();
        row.struct().fields().forEach(field -> map.put(field.name(), row.getField(field.name())));
        return map;
    }
}
