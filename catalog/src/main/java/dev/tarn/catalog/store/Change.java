package dev.tarn.catalog.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One change of the stored state. Every change of something that exists names the version that it expects. */
public sealed interface Change {
    /** Where objects stand in the order of changes: between namespaces and tasks. */
    String OBJECT = "o";

    /** Adds a namespace below one that exists. */
    record CreateNamespace(List<String> levels, Map<String, String> properties) implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.createNamespace(this);
        }

        @Override
        public String order() {
            return namespaceOrder(levels);
        }
    }

    /** Replaces the properties of a namespace. */
    record ReplaceNamespaceProperties(List<String> levels, Map<String, String> properties, long expectedVersion)
            implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.replaceNamespaceProperties(this);
        }

        @Override
        public String order() {
            return namespaceOrder(levels);
        }
    }

    /** Removes an empty namespace. Objects that were dropped softly do not keep it. */
    record DropNamespace(List<String> levels, long expectedVersion) implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.dropNamespace(this);
        }

        @Override
        public String order() {
            return namespaceOrder(levels);
        }
    }

    /**
     * Adds a table or view under a new id.
     *
     * @param location base location, at most 2,000 bytes; empty if it is not known, and then nothing is checked
     */
    record CreateObject(
            String id,
            List<String> namespace,
            String name,
            ObjectKind kind,
            String metadataLocation,
            String location,
            LocationRule locationRule)
            implements OfObject {
        /** An object that shares its location with no other one. */
        public CreateObject(
                String id,
                List<String> namespace,
                String name,
                ObjectKind kind,
                String metadataLocation,
                String location) {
            this(id, namespace, name, kind, metadataLocation, location, LocationRule.EXCLUSIVE);
        }

        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.createObject(this);
        }
    }

    /**
     * Gives a live object its next version.
     *
     * @param location base location from now on; checked if it is another one than before
     */
    record ReplaceObject(
            String id, long expectedVersion, String metadataLocation, String location, LocationRule locationRule)
            implements OfObject {
        /** The next version of an object that shares its location with no other one. */
        public ReplaceObject(String id, long expectedVersion, String metadataLocation, String location) {
            this(id, expectedVersion, metadataLocation, location, LocationRule.EXCLUSIVE);
        }

        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.replaceObject(this);
        }
    }

    /**
     * Changes nothing, but demands that a live object still has a version when everything else happens: for tables that a
     * transaction only read.
     */
    record ExpectObject(String id, long expectedVersion) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.expectObject(this);
        }
    }

    /** Gives a live object another name, in the same or another namespace. */
    record RenameObject(String id, long expectedVersion, List<String> namespace, String name) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.renameObject(this);
        }
    }

    /** Forgets an object, live or dropped softly; its files stay. */
    record DropObject(String id, long expectedVersion) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.dropObject(this);
        }
    }

    /** Takes a live object out of its namespace, so that it can be brought back. It keeps its location to itself. */
    record SoftDeleteObject(String id, long expectedVersion, Instant deletedAt, Instant purgeAfter)
            implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.softDeleteObject(this);
        }
    }

    /** Brings back an object that was dropped softly, under a name that is free. */
    record UndropObject(String id, long expectedVersion, List<String> namespace, String name) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.undropObject(this);
        }
    }

    /**
     * Says that the files of an object that was dropped softly are about to be deleted. A new version, so that whoever
     * wants to bring it back beside that is stale.
     */
    record BeginPurge(String id, long expectedVersion) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.beginPurge(this);
        }
    }

    /** Says whether a live object must not be dropped. A new version, so that a drop that runs beside it is stale. */
    record ProtectObject(String id, long expectedVersion, boolean isProtected) implements OfObject {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.protectObject(this);
        }
    }

    /** Adds a task of this warehouse. NAME_TAKEN if there is one of this id. */
    record EnqueueTask(TaskRecord task) implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.enqueueTask(this);
        }

        @Override
        public String order() {
            return "t" + task.id();
        }
    }

    /** Moves a task. STALE if it is gone or somebody works on it. */
    record RescheduleTask(String id, Instant dueAt) implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.rescheduleTask(this);
        }

        @Override
        public String order() {
            return "t" + id;
        }
    }

    /** Takes a task back. STALE if it is gone or somebody works on it. */
    record CancelTask(String id) implements Change {
        @Override
        public <R, E extends Exception> R match(Cases<R, E> cases) throws E {
            return cases.cancelTask(this);
        }

        @Override
        public String order() {
            return "t" + id;
        }
    }

    /** A change of one object. */
    sealed interface OfObject extends Change {
        /** The object's id. */
        String id();

        @Override
        default Optional<String> objectId() {
            return Optional.of(id());
        }

        @Override
        default String order() {
            return OBJECT + id();
        }
    }

    /** One method for each case: a new case breaks everybody who tells them apart at compile time. */
    interface Cases<R, E extends Exception> {
        R createNamespace(CreateNamespace change) throws E;

        R replaceNamespaceProperties(ReplaceNamespaceProperties change) throws E;

        R dropNamespace(DropNamespace change) throws E;

        R createObject(CreateObject change) throws E;

        R replaceObject(ReplaceObject change) throws E;

        R expectObject(ExpectObject change) throws E;

        R renameObject(RenameObject change) throws E;

        R dropObject(DropObject change) throws E;

        R softDeleteObject(SoftDeleteObject change) throws E;

        R undropObject(UndropObject change) throws E;

        R beginPurge(BeginPurge change) throws E;

        R protectObject(ProtectObject change) throws E;

        R enqueueTask(EnqueueTask change) throws E;

        R rescheduleTask(RescheduleTask change) throws E;

        R cancelTask(CancelTask change) throws E;
    }

    /** Calls the method of this case. */
    <R, E extends Exception> R match(Cases<R, E> cases) throws E;

    /** The object that this changes, absent if it changes none. */
    default Optional<String> objectId() {
        return Optional.empty();
    }

    /** The order in which changes of one transaction are made, so that two transactions never wait for each other. */
    String order();

    private static String namespaceOrder(List<String> levels) {
        return "n" + String.join("\u001f", levels);
    }
}
