package dev.tarn.maintenance;

import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** Operations of a real table whose commits are not answered, as when a connection breaks. */
public final class LostAnswer implements TableOperations {
    private final TableOperations real;
    private final boolean commits;

    private LostAnswer(TableOperations real, boolean commits) {
        this.real = real;
        this.commits = commits;
    }

    /** A view of a table whose commits take place without an answer. */
    public static Table afterCommitting(Table table) {
        return of(table, true);
    }

    /** A view of a table whose commits get lost. */
    public static Table insteadOfCommitting(Table table) {
        return of(table, false);
    }

    private static Table of(Table table, boolean commits) {
        TableOperations real = ((HasTableOperations) table).operations();
        return new BaseTable(new LostAnswer(real, commits), table.name());
    }

    @Override
    public TableMetadata current() {
        return real.current();
    }

    @Override
    public TableMetadata refresh() {
        return real.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
        if (commits) {
            real.commit(base, metadata);
        }
        throw new CommitStateUnknownException(new IllegalStateException("the connection broke"));
    }

    @Override
    public FileIO io() {
        return real.io();
    }

    @Override
    public String metadataFileLocation(String fileName) {
        return real.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
        return LocationProviders.locationsFor(
                real.current().location(), real.current().properties());
    }
}
