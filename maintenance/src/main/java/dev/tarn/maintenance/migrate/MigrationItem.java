package dev.tarn.maintenance.migrate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * One object of the source, and what is to be done about it.
 *
 * @param kind what it is
 * @param levels the namespace, or the namespace of the object
 * @param name the object's name, empty for a namespace
 * @param action what is to be done
 * @param metadataLocation the source's metadata file, empty for a namespace
 * @param properties those of a namespace that is to be created
 * @param note why nothing is done, or why it failed; empty otherwise
 */
public record MigrationItem(
        MigratedKind kind,
        Namespace levels,
        String name,
        MigrationAction action,
        String metadataLocation,
        Map<String, String> properties,
        String note) {
    /** Copies the properties. */
    public MigrationItem {
        properties = Map.copyOf(properties);
    }

    static MigrationItem namespace(
            Namespace levels, MigrationAction action, Map<String, String> properties, String note) {
        return new MigrationItem(MigratedKind.NAMESPACE, levels, "", action, "", properties, note);
    }

    static MigrationItem object(
            MigratedKind kind, TableIdentifier id, MigrationAction action, String metadataLocation, String note) {
        return new MigrationItem(kind, id.namespace(), id.name(), action, metadataLocation, Map.of(), note);
    }

    /** The name as people write it, with dots. */
    public String fullName() {
        return name.isEmpty() ? levels.toString() : levels + "." + name;
    }

    TableIdentifier identifier() {
        return TableIdentifier.of(levels, name);
    }

    MigrationItem failed(String reason) {
        return new MigrationItem(kind, levels, name, action, metadataLocation, properties, reason);
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", kind.name());
        json.writeStringField("name", fullName());
        json.writeStringField("action", action.name());
        json.writeStringField("metadata-location", metadataLocation);
        json.writeStringField("note", note);
        json.writeEndObject();
    }
}
