package dev.tarn.catalog.planning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is to be scanned, checked against the table: snapshots, filter, and the schema that gives the filter's names a
 * meaning. Confined to one plan.
 */
final class Scan {
    private final ScanRequest request;
    private final ScanPin pin;
    private final List<Snapshot> snapshots;
    private final Map<Integer, PartitionSpec> specs;
    private final Map<Integer, Types.NestedField> fields;
    private final Set<Integer> statsFields;
    private final Map<Integer, SpecFilter> filters = new HashMap<>();

    private Scan(
            ScanRequest request,
            ScanPin pin,
            List<Snapshot> snapshots,
            Map<Integer, PartitionSpec> specs,
            Map<Integer, Types.NestedField> fields,
            Set<Integer> statsFields) {
        this.request = request;
        this.pin = pin;
        this.snapshots = List.copyOf(snapshots);
        this.specs = specs;
        this.fields = fields;
        this.statsFields = Set.copyOf(statsFields);
    }

    /**
     * The scan that a request asks for now.
     *
     * @throws BadRequestException if the table has no such snapshot or column, or a value does not fit
     */
    static Scan of(TableMetadata metadata, ScanRequest request) {
        Snapshot current = metadata.currentSnapshot();
        Long wanted = request.isIncremental() ? request.endSnapshotId() : request.snapshotId();
        Snapshot snapshot = wanted == null ? current : metadata.snapshot(wanted);
        if (snapshot == null) {
            if (wanted != null) {
                throw new BadRequestException("The table has no snapshot %s; it may have expired", wanted);
            }
            return of(metadata, request, new ScanPin(ScanPin.NO_SNAPSHOT, metadata.currentSchemaId()));
        }
        Integer written = snapshot.schemaId();
        boolean asWritten = request.useSnapshotSchema()
                && !request.isIncremental()
                && wanted != null
                && !Objects.equals(snapshot, current)
                && written != null
                && metadata.schemasById().containsKey(written);
        int schemaId = asWritten ? Objects.requireNonNull(written) : metadata.currentSchemaId();
        return of(metadata, request, new ScanPin(snapshot.snapshotId(), schemaId));
    }

    /**
     * The scan that a request asked for when it was pinned.
     *
     * @throws ScanGoneException if the snapshot or schema is gone since then
     */
    static Scan of(TableMetadata metadata, ScanRequest request, ScanPin pin) {
        Schema schema = metadata.schemasById().get(pin.schemaId());
        Snapshot snapshot = pin.isEmpty() ? null : metadata.snapshot(pin.snapshotId());
        if (schema == null || (snapshot == null && !pin.isEmpty())) {
            throw new ScanGoneException("The snapshot %d is gone; plan the scan again".formatted(pin.snapshotId()));
        }
        checkFilter(schema, request);
        return new Scan(
                request,
                pin,
                snapshots(metadata, request, snapshot),
                specs(metadata, schema),
                Schema.indexFields(metadata.schemas()),
                statsFields(schema, request));
    }

    ScanRequest request() {
        return request;
    }

    ScanPin pin() {
        return pin;
    }

    /** The snapshots whose manifests are read: one, or those whose appends an incremental scan wants. */
    List<Snapshot> snapshots() {
        return snapshots;
    }

    Map<Integer, PartitionSpec> specs() {
        return specs;
    }

    /** The columns that the table ever had, by id. */
    Types.@Nullable NestedField field(int id) {
        return fields.get(id);
    }

    /** The columns whose statistics are wanted. */
    Set<Integer> statsFields() {
        return statsFields;
    }

    SpecFilter filter(int specId) {
        SpecFilter known = filters.get(specId);
        if (known == null) {
            PartitionSpec spec = specs.get(specId);
            if (spec == null) {
                throw new CorruptManifestException("A manifest names the unknown partition spec " + specId);
            }
            known = new SpecFilter(spec, request.filter(), request.caseSensitive());
            filters.put(specId, known);
        }
        return known;
    }

    private static void checkFilter(Schema schema, ScanRequest request) {
        if (request.filter() == Expressions.alwaysTrue()) {
            return;
        }
        try {
            Expression unused =
                    Binder.bind(schema.asStruct(), Expressions.rewriteNot(request.filter()), request.caseSensitive());
        } catch (ValidationException | IllegalArgumentException | UnsupportedOperationException e) {
            throw new BadRequestException(e, "The filter does not fit the table: %s", e.getMessage());
        }
    }

    private static List<Snapshot> snapshots(TableMetadata metadata, ScanRequest request, @Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return List.of();
        }
        if (!request.isIncremental()) {
            return List.of(snapshot);
        }
        long start = Objects.requireNonNull(request.startSnapshotId());
        List<Snapshot> appends = new ArrayList<>();
        Snapshot at = snapshot;
        Set<Long> seen = new HashSet<>();
        while (at.snapshotId() != start) {
            if (DataOperations.APPEND.equals(at.operation())) {
                appends.add(at);
            }
            Long parent = at.parentId();
            if (parent != null && parent == start) {
                return appends; // The start is not read, so that it may have expired.
            }
            Snapshot next = parent == null ? null : metadata.snapshot(parent);
            if (next == null || !seen.add(at.snapshotId())) {
                throw new BadRequestException(
                        "The start snapshot %s is no ancestor of the end snapshot %s", start, snapshot.snapshotId());
            }
            at = next;
        }
        return appends;
    }

    private static Map<Integer, PartitionSpec> specs(TableMetadata metadata, Schema schema) {
        if (schema.schemaId() == metadata.currentSchemaId()) {
            return metadata.specsById();
        }
        Map<Integer, PartitionSpec> bound = new HashMap<>();
        for (PartitionSpec spec : metadata.specs()) {
            bound.put(spec.specId(), spec.toUnbound().bind(schema, true));
        }
        return bound;
    }

    private static Set<Integer> statsFields(Schema schema, ScanRequest request) {
        Set<Integer> ids = new HashSet<>();
        for (String name : request.statsFields()) {
            Types.NestedField field =
                    request.caseSensitive() ? schema.findField(name) : schema.caseInsensitiveFindField(name);
            if (field == null) {
                throw new BadRequestException("The table has no column '%s' for statistics", name);
            }
            ids.add(field.fieldId());
        }
        return ids;
    }
}
