package dev.tarn.catalog.auth;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What can be granted. Each privilege is granted on something, holds for everything within it, and implies others: who may
 * write data may read it, and who may do anything to a table may see its name.
 */
public enum Privilege {
    /** To see tables by name, and whether one exists. */
    TABLE_LIST(Securable.Kind.NAMESPACE),
    /** To load a table's metadata. */
    TABLE_READ_PROPERTIES(Securable.Kind.TABLE, TABLE_LIST),
    /** To change a table in any way that adds or removes no data. */
    TABLE_WRITE_PROPERTIES(Securable.Kind.TABLE, TABLE_READ_PROPERTIES),
    /** To get credentials, signatures or plans that lead to a table's data. */
    TABLE_READ_DATA(Securable.Kind.TABLE, TABLE_READ_PROPERTIES),
    /** To change a table's data. */
    TABLE_WRITE_DATA(Securable.Kind.TABLE, TABLE_READ_DATA, TABLE_WRITE_PROPERTIES),
    /** To make tables. */
    TABLE_CREATE(Securable.Kind.NAMESPACE, TABLE_LIST),
    /** To drop a table, and to give it another name. */
    TABLE_DROP(Securable.Kind.TABLE, TABLE_LIST),
    /** Everything about tables but their data. */
    TABLE_FULL_METADATA(
            Securable.Kind.TABLE, TABLE_LIST, TABLE_READ_PROPERTIES, TABLE_WRITE_PROPERTIES, TABLE_CREATE, TABLE_DROP),

    /** To see views by name, and whether one exists. */
    VIEW_LIST(Securable.Kind.NAMESPACE),
    /** To load a view. */
    VIEW_READ_PROPERTIES(Securable.Kind.VIEW, VIEW_LIST),
    /** To replace a view. */
    VIEW_WRITE_PROPERTIES(Securable.Kind.VIEW, VIEW_READ_PROPERTIES),
    /** To make views. */
    VIEW_CREATE(Securable.Kind.NAMESPACE, VIEW_LIST),
    /** To drop a view, and to give it another name. */
    VIEW_DROP(Securable.Kind.VIEW, VIEW_LIST),
    /** Everything about views. */
    VIEW_FULL_METADATA(
            Securable.Kind.VIEW, VIEW_LIST, VIEW_READ_PROPERTIES, VIEW_WRITE_PROPERTIES, VIEW_CREATE, VIEW_DROP),

    /** To see functions by name. */
    FUNCTION_LIST(Securable.Kind.NAMESPACE),
    /** To load a function. */
    FUNCTION_READ_PROPERTIES(Securable.Kind.NAMESPACE, FUNCTION_LIST),
    /** To make and replace functions. */
    FUNCTION_CREATE(Securable.Kind.NAMESPACE, FUNCTION_READ_PROPERTIES),
    /** To drop functions. */
    FUNCTION_DROP(Securable.Kind.NAMESPACE, FUNCTION_LIST),

    /** To see namespaces by name, and whether one exists. */
    NAMESPACE_LIST(Securable.Kind.NAMESPACE),
    /** To load a namespace's properties. */
    NAMESPACE_READ_PROPERTIES(Securable.Kind.NAMESPACE, NAMESPACE_LIST),
    /** To change a namespace's properties. */
    NAMESPACE_WRITE_PROPERTIES(Securable.Kind.NAMESPACE, NAMESPACE_READ_PROPERTIES),
    /** To make namespaces. */
    NAMESPACE_CREATE(Securable.Kind.NAMESPACE, NAMESPACE_LIST),
    /** To drop a namespace. */
    NAMESPACE_DROP(Securable.Kind.NAMESPACE, NAMESPACE_LIST),
    /** Everything about namespaces. */
    NAMESPACE_FULL_METADATA(
            Securable.Kind.NAMESPACE,
            NAMESPACE_LIST,
            NAMESPACE_READ_PROPERTIES,
            NAMESPACE_WRITE_PROPERTIES,
            NAMESPACE_CREATE,
            NAMESPACE_DROP),

    /** To see a warehouse and its policies. */
    CATALOG_READ_PROPERTIES(Securable.Kind.WAREHOUSE),
    /** To change a warehouse's policies. */
    CATALOG_WRITE_PROPERTIES(Securable.Kind.WAREHOUSE, CATALOG_READ_PROPERTIES),
    /** Everything in a warehouse but its data. */
    CATALOG_MANAGE_METADATA(
            Securable.Kind.WAREHOUSE,
            TABLE_FULL_METADATA,
            VIEW_FULL_METADATA,
            NAMESPACE_FULL_METADATA,
            FUNCTION_CREATE,
            FUNCTION_DROP,
            CATALOG_READ_PROPERTIES),
    /** Everything in a warehouse. */
    CATALOG_MANAGE_CONTENT(
            Securable.Kind.WAREHOUSE, CATALOG_MANAGE_METADATA, TABLE_WRITE_DATA, CATALOG_WRITE_PROPERTIES),
    /** To grant and revoke what concerns a warehouse. */
    CATALOG_MANAGE_ACCESS(Securable.Kind.WAREHOUSE, CATALOG_READ_PROPERTIES),

    /** To see the warehouses of the server. */
    CATALOG_LIST(Securable.Kind.SERVER),
    /** To add warehouses. */
    CATALOG_CREATE(Securable.Kind.SERVER, CATALOG_LIST),
    /** To remove empty warehouses. */
    CATALOG_DROP(Securable.Kind.SERVER, CATALOG_LIST),
    /** Everything on the server. */
    SERVICE_ADMIN(Securable.Kind.SERVER, CATALOG_MANAGE_CONTENT, CATALOG_MANAGE_ACCESS, CATALOG_CREATE, CATALOG_DROP);

    private static final Map<Privilege, Set<Privilege>> GRANTED_BY = invert();

    private final Securable.Kind innermost;

    @SuppressWarnings("ImmutableEnumChecker") // It is unmodifiable.
    private final Set<Privilege> implied;

    Privilege(Securable.Kind innermost, Privilege... implied) {
        this.innermost = innermost;
        this.implied = Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(implied)));
    }

    /** The innermost kind of thing that this can be granted on; every kind around it is possible too. */
    public Securable.Kind innermost() {
        return innermost;
    }

    /** This privilege and every one that implies it. */
    public Set<Privilege> grantedBy() {
        return GRANTED_BY.getOrDefault(this, Set.of());
    }

    private static Map<Privilege, Set<Privilege>> invert() {
        Map<Privilege, Set<Privilege>> result = new EnumMap<>(Privilege.class);
        for (Privilege holder : values()) {
            Deque<Privilege> open = new ArrayDeque<>(Set.of(holder));
            while (!open.isEmpty()) {
                Privilege held = open.remove();
                if (result.computeIfAbsent(held, key -> EnumSet.noneOf(Privilege.class))
                        .add(holder)) {
                    open.addAll(held.implied);
                }
            }
        }
        result.replaceAll((privilege, holders) -> Collections.unmodifiableSet(holders));
        return result;
    }
}
