package dev.tarn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a grant is made of: a role, a privilege and what it is on. */
final class GrantFlags {
    @Parameters(index = "0", paramLabel = "ROLE")
    private String role = "";

    @Parameters(index = "1", paramLabel = "PRIVILEGE", description = "As TABLE_READ_DATA or NAMESPACE_LIST.")
    private String privilege = "";

    @Option(names = "--server", description = "On the server with all its warehouses.")
    private boolean server;

    @Option(names = "--warehouse", paramLabel = "NAME", description = "On a warehouse; default 'default'.")
    private String warehouse = "";

    @Option(names = "--namespace", paramLabel = "LEVEL.LEVEL", description = "On a namespace and everything below it.")
    private String namespace = "";

    @Option(names = "--table", paramLabel = "NAMESPACE.TABLE", description = "On one table.")
    private String table = "";

    @Option(names = "--view", paramLabel = "NAMESPACE.VIEW", description = "On one view.")
    private String view = "";

    String role() {
        return role;
    }

    String privilege() {
        return privilege;
    }

    /**
     * Sends the grant.
     *
     * @param operation what to do with it, as the path below the role says it
     */
    void send(ManagementClient server, String operation) {
        ObjectNode body = ManagementClient.object().put("privilege", privilege);
        body.set("on", target());
        server.post("/roles/" + ManagementClient.segment(role) + operation, body);
    }

    /** The target as the server reads it. */
    private ObjectNode target() {
        int given =
                (server ? 1 : 0) + (namespace.isEmpty() ? 0 : 1) + (table.isEmpty() ? 0 : 1) + (view.isEmpty() ? 0 : 1);
        if (given > 1 || (server && !warehouse.isEmpty()) || (given == 0 && warehouse.isEmpty())) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A grant is on one thing: --server, --warehouse, --namespace, --table or --view");
        }
        ObjectNode on = ManagementClient.object();
        if (server) {
            return on;
        }
        on.put("warehouse", warehouse.isEmpty() ? "default" : warehouse);
        if (!namespace.isEmpty()) {
            put(on, CatalogConnection.namespace(namespace));
        }
        String object = table.isEmpty() ? view : table;
        if (!object.isEmpty()) {
            TableIdentifier identifier = CatalogConnection.identifier(object);
            put(on, identifier.namespace());
            on.put(table.isEmpty() ? "view" : "table", identifier.name());
        }
        return on;
    }

    private static void put(ObjectNode on, Namespace levels) {
        for (String level : levels.levels()) {
            on.withArray("namespace").add(level);
        }
    }
}
