package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.AuditStore;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.EventStore;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.store.WarehouseStore;
import dev.tarn.common.Closer;
import java.time.Clock;
import java.util.Optional;

/** What the two databases share: the stores over one way of carrying out transactions, and the housekeeping. Thread-safe. */
abstract class SqlCatalogDatabase implements CatalogDatabase {
    private final Closer closer = new Closer();
    private final Transactions transactions;
    private final Optional<CurrentObjects> current;

    /** Takes the transactions of a database that other processes change too over, and closes them. */
    SqlCatalogDatabase(Transactions transactions, Clock clock) {
        this(transactions, Optional.empty(), clock);
    }

    /**
     * Takes the transactions over and closes them.
     *
     * @param current objects in memory, absent if other processes change the database too
     */
    SqlCatalogDatabase(Transactions transactions, Optional<CurrentObjects> current, Clock clock) {
        this.transactions = closer.register(transactions);
        this.current = current;
        closer.register(new Housekeeping(transactions, clock)).start();
    }

    @Override
    public final CatalogStore warehouse(String warehouseId) {
        return new SqlCatalogStore(transactions, warehouseId, current);
    }

    @Override
    public final WarehouseStore warehouses() {
        return new SqlWarehouseStore(transactions);
    }

    @Override
    public final AccessStore access() {
        return new SqlAccessStore(transactions);
    }

    @Override
    public final TaskStore tasks() {
        return new SqlTaskStore(transactions);
    }

    @Override
    public final EventStore events() {
        return new SqlEventStore(transactions);
    }

    @Override
    public final AuditStore audits() {
        return new SqlAudit(transactions);
    }

    @Override
    public final Optional<String> problem() {
        return transactions.problem();
    }

    @Override
    public void close() {
        closer.close();
    }

    /** For tests that look at the database itself. */
    final Transactions transactions() {
        return transactions;
    }
}
