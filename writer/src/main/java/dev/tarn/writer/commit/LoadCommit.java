package dev.tarn.writer.commit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTransaction;
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
    private final String tableName;
    private final Table target;
    private final Optional<Transaction> own;
    private final AppendFiles append;
    private final LoadSegment load;
    private final Map<String, String> properties;
    private String branch = SnapshotRef.MAIN_BRANCH;

    private LoadCommit(Table table, Table given, LoadedFiles files, Map<String, String> properties) {
        this.tableName = table.name();
        this.own = given instanceof BaseTransaction.TransactionTable
                ? Optional.empty()
                : Optional.of(given.newTransaction());
        this.target = own.map(Transaction::table).orElse(given);
        this.append = target.newAppend();
        this.properties = Map.copyOf(properties);
        this.load = new LoadSegment(
                UUID.randomUUID().toString(), Instant.now(), branch, files.sources(), files.fingerprints());
    }

    /**
     * An append of files.
     *
     * @param target the table itself, or the table of a transaction on it, which is then committed by its owner
     */
    public static LoadCommit append(Table table, Table target, List<DataFile> files, LoadedFiles loaded) {
        return append(table, target, files, loaded, Map.of());
    }

    /** An append of files that sets properties of the table too. */
    public static LoadCommit append(
            Table table, Table target, List<DataFile> files, LoadedFiles loaded, Map<String, String> properties) {
        LoadCommit commit = new LoadCommit(table, target, loaded, properties);
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
        // The validator comes first: it recognises this very commit when its answer was lost, and must not be told that
        // somebody
        // else loaded the files.
        append.validateWith(ancestors -> validator.validate(ancestors) && nothingLoadedMeanwhile());
        return this;
    }

    @Override
    public Snapshot apply() {
        return append.apply();
    }

    @Override
    public void commit() {
        append.commit();
        if (load.fingerprints().isEmpty() && properties.isEmpty()) {
            own.ifPresent(Transaction::commitTransaction);
            return;
        }
        UpdateProperties update = target.updateProperties();
        properties.forEach(update::set);
        if (!load.fingerprints().isEmpty()) {
            remember(update);
        }
        update.commit();
        own.ifPresent(Transaction::commitTransaction);
    }

    private void remember(UpdateProperties update) {
        LoadSegment here = new LoadSegment(load.id(), load.at(), branch, load.sources(), load.fingerprints());
        LoadHistory.Change change = LoadHistory.remember(target, here);
        change.set().forEach(update::set);
        change.remove().forEach(update::remove);
    }

    private boolean nothingLoadedMeanwhile() {
        int loaded =
                LoadHistory.loadedBefore(target, branch, load.fingerprints()).size();
        if (loaded > 0) {
            throw new FilesLoadedException(tableName, loaded);
        }
        return true;
    }
}
