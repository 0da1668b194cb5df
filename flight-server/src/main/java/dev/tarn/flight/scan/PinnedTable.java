package dev.tarn.flight.scan;

import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * A table as one statement sees it.
 *
 * @param identifier its name in the catalog
 * @param table as loaded for the caller
 * @param snapshotId the snapshot that is read; null for a table without data
 * @param schema columns in the order and under the names that the snapshot has
 */
public record PinnedTable(
        TableIdentifier identifier, Table table, @Nullable Long snapshotId, Schema schema) {}
