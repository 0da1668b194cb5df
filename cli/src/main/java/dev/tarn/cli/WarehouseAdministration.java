package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/** What was dropped and what is protected in one warehouse. Not thread-safe. */
final class WarehouseAdministration {
    private final ManagementClient client;
    private final String path;

    WarehouseAdministration(ManagementClient client, String warehouse) {
        this.client = client;
        String name = warehouse.isEmpty() ? "default" : warehouse;
        if (name.contains("/")) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "This command needs the name of the warehouse but found '%s'; 'tarn warehouse list' shows the names"
                            .formatted(name));
        }
        this.path = "/warehouses/" + ManagementClient.segment(name);
    }

    /** Dropped objects that can be brought back or wait for their purge; of all namespaces if none is named. */
    List<JsonNode> deleted(Optional<Namespace> namespace) {
        String query = namespace
                .map(WarehouseAdministration::encoded)
                .map(name -> "?namespace=" + name)
                .orElse("");
        return client.list(path + "/deleted-objects" + query, "deleted-objects");
    }

    /**
     * The id of a dropped object, which is given as it is or by its old name.
     *
     * @throws TarnException NOT_FOUND if there is none of this name, INVALID if there are several
     */
    String deletedId(String idOrName) {
        if (!idOrName.contains(".")) {
            return idOrName;
        }
        TableIdentifier name = CatalogConnection.identifier(idOrName);
        List<String> ids = new ArrayList<>();
        for (JsonNode object : deleted(Optional.of(name.namespace()))) {
            if (object.path("name").asText().equals(name.name())) {
                ids.add(object.path("id").asText());
            }
        }
        if (ids.isEmpty()) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "No dropped table '%s' waits to be brought back; 'tarn table deleted' lists those that do"
                            .formatted(name));
        }
        if (ids.size() > 1) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Several dropped tables were called '%s': give one of the ids %s"
                            .formatted(name, String.join(", ", ids)));
        }
        return ids.get(0);
    }

    /** Brings an object back, under a new name if one is given. */
    JsonNode undrop(String id, Optional<TableIdentifier> as) {
        ObjectNode body = ManagementClient.object();
        as.ifPresent(name -> {
            for (String level : name.namespace().levels()) {
                body.withArray("namespace").add(level);
            }
            body.put("name", name.name());
        });
        return client.post(path + "/deleted-objects/" + ManagementClient.segment(id) + "/undrop", body);
    }

    /** Says whether a table or view must not be dropped. */
    JsonNode protect(TableIdentifier name, boolean isProtected) {
        JsonNode found = client.get(path
                + "/objects?namespace=%s&name=%s"
                        .formatted(encoded(name.namespace()), ManagementClient.segment(name.name())));
        return client.put(
                path + "/objects/" + ManagementClient.segment(found.path("id").asText()) + "/protection",
                ManagementClient.object().put("protected", isProtected));
    }

    private static String encoded(Namespace namespace) {
        return ManagementClient.segment(String.join("\u001f", namespace.levels()));
    }
}
