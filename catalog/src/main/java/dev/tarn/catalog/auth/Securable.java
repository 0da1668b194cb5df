package dev.tarn.catalog.auth;

import dev.tarn.catalog.model.ObjectName;
import java.util.List;

/**
 * What a privilege is asked for: the server, the warehouse at hand, or something in it by name. Immutable.
 *
 * @param kind what it is
 * @param namespace levels of the namespace, empty for server and warehouse
 * @param name name of the table or view, empty for everything else
 */
public record Securable(Kind kind, List<String> namespace, String name) {
    /** What can be protected, from the outermost. What is granted on the outer holds for the inner. */
    public enum Kind {
        /** The server with all its warehouses. */
        SERVER,
        /** One warehouse. */
        WAREHOUSE,
        /** A namespace with everything below it. */
        NAMESPACE,
        /** A table. */
        TABLE,
        /** A view. */
        VIEW
    }

    /** Copies the levels. */
    public Securable {
        namespace = List.copyOf(namespace);
        boolean hasName = kind == Kind.TABLE || kind == Kind.VIEW;
        boolean hasNamespace = hasName || kind == Kind.NAMESPACE;
        if (hasName == name.isEmpty() || hasNamespace == namespace.isEmpty()) {
            throw new IllegalArgumentException("a %s has no such name: %s %s".formatted(kind, namespace, name));
        }
    }

    /** The server. */
    public static Securable server() {
        return new Securable(Kind.SERVER, List.of(), "");
    }

    /** The warehouse of the request. */
    public static Securable warehouse() {
        return new Securable(Kind.WAREHOUSE, List.of(), "");
    }

    /** A namespace; the warehouse where there are no levels, since that holds the outermost ones. */
    public static Securable namespace(List<String> levels) {
        return levels.isEmpty() ? warehouse() : new Securable(Kind.NAMESPACE, levels, "");
    }

    /** A table. */
    public static Securable table(ObjectName table) {
        return new Securable(Kind.TABLE, table.namespace(), table.name());
    }

    /** A view. */
    public static Securable view(ObjectName view) {
        return new Securable(Kind.VIEW, view.namespace(), view.name());
    }

    /** For people, as {@code table db.t}. */
    @Override
    public String toString() {
        return switch (kind) {
            case SERVER -> "the server";
            case WAREHOUSE -> "the warehouse";
            case NAMESPACE -> "namespace " + String.join(".", namespace);
            case TABLE -> "table " + String.join(".", namespace) + "." + name;
            case VIEW -> "view " + String.join(".", namespace) + "." + name;
        };
    }
}
