package dev.tarn.catalog.store;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One change of the stored state. Every change of something that exists names the version that it expects. */
public sealed interface Change {
    /** Adds a namespace below one that exists. */
    record CreateNamespace(List<String> levels, Map<String, String> properties) implements Change {}

    /** Replaces the properties of a namespace. */
    record ReplaceNamespaceProperties(List<String> levels, Map<String, String> properties, long expectedVersion)
            implements Change {}

    /** Removes an empty namespace. */
    record DropNamespace(List<String> levels, long expectedVersion) implements Change {}

    /** Adds a table or view under a new id. */
    record CreateObject(String id, List<String> namespace, String name, ObjectKind kind, String metadataLocation)
            implements Change {}

    /** Gives an object its next version. */
    record ReplaceObject(String id, long expectedVersion, String metadataLocation) implements Change {}

    /** Gives an object another name, in the same or another namespace. */
    record RenameObject(String id, long expectedVersion, List<String> namespace, String name) implements Change {}

    /** Forgets an object; its files stay. */
    record DropObject(String id, long expectedVersion) implements Change {}

    /** Calls the function of this case. A new case breaks every caller at compile time. */
    default <R> R match(
            Function<CreateNamespace, R> createNamespace,
            Function<ReplaceNamespaceProperties, R> replaceProperties,
            Function<DropNamespace, R> dropNamespace,
            Function<CreateObject, R> createObject,
            Function<ReplaceObject, R> replaceObject,
            Function<RenameObject, R> renameObject,
            Function<DropObject, R> dropObject) {
        if (this instanceof CreateNamespace change) {
            return createNamespace.apply(change);
        }
        if (this instanceof ReplaceNamespaceProperties change) {
            return replaceProperties.apply(change);
        }
        if (this instanceof DropNamespace change) {
            return dropNamespace.apply(change);
        }
        if (this instanceof CreateObject change) {
            return createObject.apply(change);
        }
        if (this instanceof ReplaceObject change) {
            return replaceObject.apply(change);
        }
        if (this instanceof RenameObject change) {
            return renameObject.apply(change);
        }
        return dropObject.apply((DropObject) this);
    }

    /** The order in which changes of one transaction are made, so that two transactions never wait for each other. */
    default String order() {
        return match(
                change -> "n" + String.join("\u001f", change.levels()),
                change -> "n" + String.join("\u001f", change.levels()),
                change -> "n" + String.join("\u001f", change.levels()),
                change -> "o" + change.id(),
                change -> "o" + change.id(),
                change -> "o" + change.id(),
                change -> "o" + change.id());
    }
}
