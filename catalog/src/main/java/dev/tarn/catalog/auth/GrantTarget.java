package dev.tarn.catalog.auth;

import java.util.List;

/**
 * What a privilege is granted on, by the names that people use. Parts that are empty say that the grant is on something
 * larger; everything empty is the server.
 *
 * @param warehouse name of the warehouse
 * @param namespace levels of the namespace
 * @param table name of a table in it
 * @param view name of a view in it
 */
public record GrantTarget(String warehouse, List<String> namespace, String table, String view) {
    /** Refuses parts without what they lie in. */
    public GrantTarget {
        namespace = List.copyOf(namespace);
        boolean hasObject = !table.isEmpty() || !view.isEmpty();
        if ((!table.isEmpty() && !view.isEmpty())
                || (hasObject && namespace.isEmpty())
                || (!namespace.isEmpty() && warehouse.isEmpty())) {
            throw new IllegalArgumentException(
                    "A grant is on the server, a warehouse, a namespace of a warehouse, or a table or view of a namespace");
        }
    }

    /** The innermost part that is named. */
    public Securable.Kind kind() {
        if (!table.isEmpty()) {
            return Securable.Kind.TABLE;
        }
        if (!view.isEmpty()) {
            return Securable.Kind.VIEW;
        }
        if (!namespace.isEmpty()) {
            return Securable.Kind.NAMESPACE;
        }
        return warehouse.isEmpty() ? Securable.Kind.SERVER : Securable.Kind.WAREHOUSE;
    }

    /** For people and the audit log, as {@code warehouse/default/namespace/a.b/table/t}. */
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder(warehouse.isEmpty() ? "server" : "warehouse/" + warehouse);
        if (!namespace.isEmpty()) {
            shown.append("/namespace/").append(String.join(".", namespace));
        }
        if (!table.isEmpty()) {
            shown.append("/table/").append(table);
        }
        if (!view.isEmpty()) {
            shown.append("/view/").append(view);
        }
        return shown.toString();
    }
}
