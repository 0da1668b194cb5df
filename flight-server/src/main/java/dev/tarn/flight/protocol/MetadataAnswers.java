package dev.tarn.flight.protocol;

import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.results.AnswerSink;
import dev.tarn.flight.results.AnswerSink.Batches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/** Answers the metadata commands from the catalog. Thread-safe. */
final class MetadataAnswers {
    static final String TABLE_TYPE = "TABLE";

    private final CatalogListing listing;

    MetadataAnswers(CatalogListing listing) {
        this.listing = listing;
    }

    void catalogs(AnswerSink sink) {
        sink.write(Schemas.GET_CATALOGS_SCHEMA, batches -> {
            int row = batches.nextRow();
            text(batches.root(), "catalog_name", row, listing.catalogName());
        });
    }

    void tableTypes(AnswerSink sink) {
        sink.write(Schemas.GET_TABLE_TYPES_SCHEMA, batches -> {
            int row = batches.nextRow();
            text(batches.root(), "table_type", row, TABLE_TYPE);
        });
    }

    void dbSchemas(CommandGetDbSchemas command, Caller caller, AnswerSink sink) {
        Optional<String> pattern =
                command.hasDbSchemaFilterPattern() ? Optional.of(command.getDbSchemaFilterPattern()) : Optional.empty();
        sink.write(Schemas.GET_SCHEMAS_SCHEMA, batches -> {
            if (!isThisCatalog(command.hasCatalog(), command.getCatalog())) {
                return;
            }
            for (Namespace namespace : namespaces(pattern, caller)) {
                int row = batches.nextRow();
                text(batches.root(), "catalog_name", row, listing.catalogName());
                text(batches.root(), "db_schema_name", row, namespace.toString());
            }
        });
    }

    void tables(CommandGetTables command, Caller caller, AnswerSink sink) {
        boolean withSchema = command.getIncludeSchema();
        sink.write(withSchema ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA, batches -> {
            boolean typeWanted = command.getTableTypesCount() == 0
                    || command.getTableTypesList().contains(TABLE_TYPE);
            if (!typeWanted || !isThisCatalog(command.hasCatalog(), command.getCatalog())) {
                return;
            }
            for (TableIdentifier table : tables(command, caller)) {
                if (!withSchema) {
                    table(batches, table);
                    continue;
                }
                Optional<Table> loaded = listing.table(table, caller);
                if (loaded.isPresent()) {
                    int row = table(batches, table);
                    Schema schema = ArrowTypes.schema(
                            listing.catalogName(), table, loaded.get().schema());
                    ((VarBinaryVector) batches.root().getVector("table_schema")).setSafe(row, serialized(schema));
                }
            }
        });
    }

    void primaryKeys(CommandGetPrimaryKeys command, Caller caller, AnswerSink sink) {
        sink.write(Schemas.GET_PRIMARY_KEYS_SCHEMA, batches -> {
            if (!isThisCatalog(command.hasCatalog(), command.getCatalog())) {
                return;
            }
            for (Namespace namespace : listing.namespaces(caller)) {
                if (command.hasDbSchema() && !command.getDbSchema().equals(namespace.toString())) {
                    continue;
                }
                TableIdentifier table = TableIdentifier.of(namespace, command.getTable());
                listing.table(table, caller).ifPresent(loaded -> keys(batches, table, loaded.schema()));
            }
        });
    }

    /** An answer without rows, which is the truth about foreign keys: Iceberg has none. */
    void none(Schema schema, AnswerSink sink) {
        sink.write(schema, batches -> {});
    }

    private void keys(Batches batches, TableIdentifier table, org.apache.iceberg.Schema schema) {
        int sequence = 1;
        for (Types.NestedField column : schema.columns()) {
            if (!schema.identifierFieldIds().contains(column.fieldId())) {
                continue;
            }
            int row = batches.nextRow();
            VectorSchemaRoot root = batches.root();
            text(root, "catalog_name", row, listing.catalogName());
            text(root, "db_schema_name", row, table.namespace().toString());
            text(root, "table_name", row, table.name());
            text(root, "column_name", row, column.name());
            ((IntVector) root.getVector("key_sequence")).setSafe(row, sequence++);
            text(root, "key_name", row, "identifier_fields");
        }
    }

    private int table(Batches batches, TableIdentifier table) {
        int row = batches.nextRow();
        text(batches.root(), "catalog_name", row, listing.catalogName());
        text(batches.root(), "db_schema_name", row, table.namespace().toString());
        text(batches.root(), "table_name", row, table.name());
        text(batches.root(), "table_type", row, TABLE_TYPE);
        return row;
    }

    private List<TableIdentifier> tables(CommandGetTables command, Caller caller) {
        Optional<String> schemaPattern =
                command.hasDbSchemaFilterPattern() ? Optional.of(command.getDbSchemaFilterPattern()) : Optional.empty();
        LikePattern names = command.hasTableNameFilterPattern()
                ? LikePattern.of(command.getTableNameFilterPattern())
                : LikePattern.any();
        List<TableIdentifier> found = new ArrayList<>();
        for (Namespace namespace : namespaces(schemaPattern, caller)) {
            for (TableIdentifier table : listing.tables(namespace, caller)) {
                if (names.matches(table.name())) {
                    found.add(table);
                }
            }
        }
        return found;
    }

    private List<Namespace> namespaces(Optional<String> pattern, Caller caller) {
        LikePattern names = pattern.map(LikePattern::of).orElseGet(LikePattern::any);
        return listing.namespaces(caller).stream()
                .filter(namespace -> names.matches(namespace.toString()))
                .toList();
    }

    private boolean isThisCatalog(boolean asked, String name) {
        return !asked || name.equals(listing.catalogName());
    }

    private static void text(VectorSchemaRoot root, String column, int row, String value) {
        ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] serialized(Schema schema) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot serialize a schema", e);
        }
        return bytes.toByteArray();
    }
}
