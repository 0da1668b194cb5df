package dev.tarn.testkit;

import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/** Tables for tests to work on. */
public final class TestTables {
    /** Columns that a test can use where the columns do not matter. */
    public static final Schema FLIGHTS = new Schema(
            Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(2, "delay", Types.IntegerType.get()),
            Types.NestedField.optional(3, "distance", Types.IntegerType.get()),
            Types.NestedField.optional(4, "origin", Types.StringType.get()),
            Types.NestedField.optional(5, "destination", Types.StringType.get()));

    private TestTables() {}

    /** Creates an unpartitioned table of the format version that Iceberg takes by default. */
    public static Table create(Catalog catalog, String name, Schema schema) {
        return create(catalog, name, schema, PartitionSpec.unpartitioned(), Map.of());
    }

    /**
     * Creates a table, and its namespace where that is absent.
     *
     * @param name {@code namespace.table}
     * @param properties table properties; {@code format-version} chooses the format
     */
    public static Table create(
            Catalog catalog, String name, Schema schema, PartitionSpec spec, Map<String, String> properties) {
        TableIdentifier identifier = TableIdentifier.parse(name);
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(identifier.namespace())) {
            namespaces.createNamespace(identifier.namespace());
        }
        return catalog.createTable(identifier, schema, spec, properties);
    }
}
