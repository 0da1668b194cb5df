package dev.tarn.flight.scan;

import dev.tarn.flight.engine.Caller;
import org.apache.iceberg.catalog.Catalog;

/** Gives the Iceberg catalog as one caller may see it. Thread-safe; closing it closes every catalog it gave out. */
public interface CatalogAccess extends AutoCloseable {
    /** The name that SQL and Flight SQL metadata use for the catalog. */
    String catalogName();

    /**
     * The catalog as the caller; shared, not to be closed. It also is a {@code SupportsNamespaces}.
     *
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED or UNAVAILABLE
     */
    Catalog as(Caller caller);

    @Override
    void close();
}
