package dev.tarn.writer.commit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;

/**
 * An append that remembers the files which its rows came from, in the same commit, and is refused if one of them was loaded
 * meanwhile. Looked at inside of the commit's retry, against the table as it then is. Not thread-safe.
 */
public final class LoadCommit implements SnapshotUpdate<LoadCommit> {
    private final Table table;
    private final Transaction transaction;
    private final AppendFiles append;
    private final LoadSegment load;
    private final Map<String, String> properties;
    private String branch = SnapshotRef.MAIN_BRANCH;

    private LoadCommit(Table table, LoadedFiles files, Map<String, String> properties) {
        this.table = table;
        this.transaction = table.newTransaction();
        this.append = transaction.newAppend();
        this.properties = Map.copyOf(properties);
        this.load = new LoadSegment(
                UUID.randomUUID().toString(), Instant.now(), branch, files.sources(), files.fingerprints());
    }

    /** An append of files to a table. */
    public static LoadCommit append(Table table, List<DataFile> files, LoadedFiles loaded) {
        return append(table, files, loaded, Map.of());
    }

    /** An append of files to a table that sets some of its properties too. */
    public static LoadCommit append(
            Table table, List<DataFile> files, LoadedFiles loaded, Map<String, String> properties) {
        LoadCommit commit = new LoadCommit(table, loaded, properties);
        files.forEach(commit.append::appendFile);
        commit.append.set(LoadHistory.LOAD_ID_KEY, commit.load.id());
        commit.append.validateWith(ancestors -> commit.nothingLoadedMeanwhile());
        return commit;
    }

    @Override
    public LoadCommit set(String property, String value) {
        append.set(property, value);
        return this;
    }

    @Override
    public LoadCommit deleteWith(Consumer<String> deleteFunc) {
        append.deleteWith(deleteFunc);
        return this;
    }

    @Override
    public LoadCommit stageOnly() {
        append.stageOnly();
        return this;
    }

    @Override
    public LoadCommit scanManifestsWith(ExecutorService executorService) {
        append.scanManifestsWith(executorService);
        return this;
    }

    @Override
    public LoadCommit toBranch(String name) {
        branch = name;
        append.toBranch(name);
        return this;
    }

    @Override
    public LoadCommit validateWith(SnapshotAncestryValidator validator) {
        append.validateWith(ancestors -> nothingLoadedMeanwhile() && validator.validate(ancestors));
        return this;
    }

    @Override
    public Snapshot apply() {
        return append.apply();
    }

    @Override
    public void commit() {
        append.commit();
        LoadSegment here = new LoadSegment(load.id(), load.at(), branch, load.sources(), load.fingerprints());
        LoadHistory.Change change = LoadHistory.remember(transaction.table(), here);
        UpdateProperties update = transaction.updateProperties();
        properties.forEach(update::set);
        change.set().forEach(update::set);
        change.remove().forEach(update::remove);
        update.commit();
        transaction.commitTransaction();
    }

    private boolean nothingLoadedMeanwhile() {
        int loaded = LoadHistory.loadedBefore(transaction.table(), branch, load.fingerprints())
                .size();
        if (loaded > 0) {
            throw new FilesLoadedException(table.name(), loaded);
        }
        return true;
    }
}
