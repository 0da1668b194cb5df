package dev.tarn.catalog.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortField;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.ViewMetadata;

/**
 * What a client may ask for, as far as Iceberg's own models do not say: how many, how long, how deep, and which numbers make
 * no sense. Everything refused here is a {@link BadRequestException} that names the thing, the limit and the found. Pure
 * functions.
 */
public final class RequestLimits {
    /** Levels of a namespace: deep enough for any organisation, and a bound for keys of the store. */
    public static final int MAX_LEVELS = 32;

    /** Bytes of one name in UTF-8: what most file systems and databases allow. */
    public static final int MAX_NAME_BYTES = 255;

    /** Updates, and requirements, of one commit: far more than any writer sends. */
    public static final int MAX_UPDATES = 10_000;

    /** Objects of one transaction: it holds the store's only writer, and more would make everybody wait. */
    public static final int MAX_OBJECTS = 100;

    /** Columns of a schema, nested ones included: parsing grows with them for every reader. */
    public static final int MAX_COLUMNS = 10_000;

    /** Bytes of a column name in UTF-8. */
    public static final int MAX_COLUMN_NAME_BYTES = 1_024;

    /** Types within types: engines walk them recursively. */
    public static final int MAX_TYPE_DEPTH = 100;

    /** Properties of a table, view or namespace: more would make every answer about it heavy. */
    public static final int MAX_PROPERTIES = 10_000;

    /** Iceberg adds a few properties of its own to those that a client gave. */
    private static final int MAX_STORED_PROPERTIES = MAX_PROPERTIES + 16;

    /** Bytes of a fixed type: each row holds as many. */
    public static final int MAX_FIXED_BYTES = 1 << 20;

    /** Buckets of a partition: each is a file per commit, so that more than this is a mistake. */
    public static final int MAX_BUCKETS = 1_000_000;

    /** Fields of a partition spec or sort order. */
    public static final int MAX_SPEC_FIELDS = 1_000;

    /** Views through which an object may be reached. */
    public static final int MAX_REFERENCES = 16;

    /** The ids above are those of Iceberg's metadata columns. */
    private static final int MAX_FIELD_ID = Integer.MAX_VALUE - 201;

    private static final Pattern SIZED_TRANSFORM = Pattern.compile("(bucket|truncate)\\[(.*)]");

    private RequestLimits() {}

    /** Refuses a commit of too many parts, and one that adds a schema that nobody should have. */
    public static void check(UpdateTableRequest request) {
        atMost("updates in a commit", MAX_UPDATES, request.updates().size());
        atMost("requirements in a commit", MAX_UPDATES, request.requirements().size());
        for (MetadataUpdate update : request.updates()) {
            if (update instanceof MetadataUpdate.AddSchema add) {
                check(add.schema());
            }
            if (update instanceof MetadataUpdate.SetProperties set) {
                checkProperties(set.updated());
            }
        }
    }

    /** Refuses what a commit made of a table, as far as the commit can have made it bad. */
    public static void check(TableMetadata metadata) {
        atMost(
                "properties of a table",
                MAX_STORED_PROPERTIES,
                metadata.properties().size());
        check(metadata.spec());
        check(metadata.sortOrder());
    }

    /** Refuses what a commit made of a view, as far as the commit can have made it bad. */
    public static void check(ViewMetadata metadata) {
        atMost(
                "properties of a view",
                MAX_STORED_PROPERTIES,
                metadata.properties().size());
    }

    /** Refuses metadata that comes from elsewhere. */
    public static void checkRegistered(TableMetadata metadata) {
        checkProperties(metadata.properties());
        metadata.schemas().forEach(RequestLimits::check);
        metadata.specs().forEach(RequestLimits::check);
        metadata.sortOrders().forEach(RequestLimits::check);
    }

    /** Refuses metadata that comes from elsewhere. */
    public static void checkRegistered(ViewMetadata metadata) {
        checkProperties(metadata.properties());
        metadata.schemas().forEach(RequestLimits::check);
    }

    /** Refuses too many properties, and texts that some databases and engines cannot hold. */
    public static void checkProperties(Map<String, String> properties) {
        atMost("properties", MAX_PROPERTIES, properties.size());
        properties.forEach((key, value) -> {
            if (key.isEmpty() || key.indexOf('\0') >= 0 || (value != null && value.indexOf('\0') >= 0)) {
                throw new BadRequestException(
                        "A property must have a key, and neither key nor value may hold a NUL character");
            }
        });
    }

    private record Open(Type type, int depth) {}

    /** Refuses a schema that is too large or too deep, or whose ids, names or types make no sense. */
    public static void check(Schema schema) {
        Deque<Open> open = new ArrayDeque<>();
        open.add(new Open(schema.asStruct(), 0));
        int columns = 0;
        while (!open.isEmpty()) {
            Open next = open.remove();
            if (next.depth() > MAX_TYPE_DEPTH) {
                throw new BadRequestException("Types may be nested at most %s deep", MAX_TYPE_DEPTH);
            }
            if (next.type() instanceof Type.NestedType nested) {
                for (Types.NestedField field : nested.fields()) {
                    check(field);
                    columns++;
                    open.add(new Open(field.type(), next.depth() + 1));
                }
            }
            check(next.type());
            atMost("columns in a schema", MAX_COLUMNS, columns);
        }
    }

    private static void check(Types.NestedField field) {
        if (field.fieldId() < 0 || field.fieldId() > MAX_FIELD_ID) {
            throw new BadRequestException(
                    "Column '%s' must have an id from 0 to %s but has %s", field.name(), MAX_FIELD_ID, field.fieldId());
        }
        if (field.name().isEmpty() || field.name().indexOf('\0') >= 0) {
            throw new BadRequestException(
                    "The column of id %s must have a name without NUL characters", field.fieldId());
        }
        int bytes = field.name().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_COLUMN_NAME_BYTES) {
            throw new BadRequestException(
                    "A column name may have at most %s bytes in UTF-8 but that of id %s has %s",
                    MAX_COLUMN_NAME_BYTES, field.fieldId(), bytes);
        }
    }

    private static void check(Type type) {
        if (type instanceof Types.DecimalType decimal
                && (decimal.precision() < 1 || decimal.scale() < 0 || decimal.scale() > decimal.precision())) {
            throw new BadRequestException(
                    "A decimal must have a precision of at least 1 and a scale from 0 to the precision but was %s",
                    decimal);
        }
        if (type instanceof Types.FixedType fixed && (fixed.length() < 1 || fixed.length() > MAX_FIXED_BYTES)) {
            throw new BadRequestException(
                    "A fixed type must have from 1 to %s bytes but was %s", MAX_FIXED_BYTES, fixed);
        }
    }

    private static void check(PartitionSpec spec) {
        atMost("fields in a partition spec", MAX_SPEC_FIELDS, spec.fields().size());
        for (PartitionField field : spec.fields()) {
            check(field.transform());
            if (field.name().isEmpty() || field.name().indexOf('\0') >= 0) {
                throw new BadRequestException("A partition field must have a name without NUL characters");
            }
        }
    }

    private static void check(SortOrder order) {
        atMost("fields in a sort order", MAX_SPEC_FIELDS, order.fields().size());
        for (SortField field : order.fields()) {
            check(field.transform());
        }
    }

    private static void check(Transform<?, ?> transform) {
        Matcher sized = SIZED_TRANSFORM.matcher(transform.toString());
        if (!sized.matches()) {
            return;
        }
        int most = sized.group(1).equals("bucket") ? MAX_BUCKETS : Integer.MAX_VALUE;
        int size;
        try {
            size = Integer.parseInt(sized.group(2));
        } catch (NumberFormatException e) {
            throw new BadRequestException(e, "The transform %s must have a whole number in brackets", transform);
        }
        if (size < 1 || size > most) {
            throw new BadRequestException(
                    "The number of the transform %s must be from 1 to %s but was %s", sized.group(1), most, size);
        }
    }

    private static void atMost(String what, int limit, int found) {
        if (found > limit) {
            throw new BadRequestException("There may be at most %s %s but there are %s", limit, what, found);
        }
    }
}
