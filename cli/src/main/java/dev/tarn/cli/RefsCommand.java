package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.refs.Retention;
import dev.tarn.maintenance.refs.TableRefs;
import dev.tarn.maintenance.refs.TableRefs.IfPresent;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tarn refs}: branches and tags; each subcommand is one call of {@link TableRefs}. */
@Command(name = "refs", description = "List and change the branches and tags of a table.")
final class RefsCommand implements Runnable {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before it runs anything
    private CommandSpec spec;

    RefsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A subcommand is missing");
    }

    @Command(name = "list", description = "List branches and tags.")
    void list(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table) {
        try (CatalogConnection connection = flags.open(console)) {
            Rows rows = Rows.of(
                    Column.text("name"),
                    Column.text("type"),
                    Column.id("snapshot_id"),
                    Column.text("max_ref_age"),
                    Column.number("min_snapshots_to_keep"),
                    Column.text("max_snapshot_age"));
            Map<String, SnapshotRef> refs = new TreeMap<>(connection.load(table).refs());
            refs.forEach((name, ref) -> rows.add(
                    name,
                    ref.isBranch() ? "branch" : "tag",
                    ref.snapshotId(),
                    duration(ref.maxRefAgeMs()),
                    ref.minSnapshotsToKeep(),
                    duration(ref.maxSnapshotAgeMs())));
            rows.print(output.writer(console));
        }
    }

    @Command(name = "branch", description = "Make a branch at the current snapshot, or at another one.")
    void branch(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Mixin RefTargetFlags target,
            @Mixin RuleFlags rules,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "BRANCH") String name) {
        change(flags, output, table, refs -> refs.branch(name, target.target(), rules.ifPresent(), rules.retention()));
    }

    @Command(name = "tag", description = "Make a tag at the current snapshot, or at another one.")
    void tag(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Mixin RefTargetFlags target,
            @Mixin RuleFlags rules,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "TAG") String name) {
        change(flags, output, table, refs -> refs.tag(name, target.target(), rules.ifPresent(), rules.retention()));
    }

    @Command(name = "drop", description = "Drop a branch or tag; its snapshots stay until they are expired.")
    void drop(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "REF") String name) {
        change(flags, output, table, refs -> {
            refs.drop(name);
            return null;
        });
    }

    @Command(name = "fast-forward", description = "Move a branch forward to a ref that descends from it.")
    void fastForward(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "BRANCH") String branch,
            @Parameters(paramLabel = "TO") String to) {
        change(flags, output, table, refs -> refs.fastForward(branch, to));
    }

    @Command(name = "cherry-pick", description = "Apply the changes of a snapshot to main.")
    void cherryPick(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "SNAPSHOT") long snapshotId) {
        change(flags, output, table, refs -> refs.cherryPick(snapshotId));
    }

    @Command(name = "publish", description = "Publish the snapshot that was staged under an id (wap.id).")
    void publish(
            @Mixin CatalogFlags flags,
            @Mixin OutputFlags output,
            @Parameters(paramLabel = "NAMESPACE.TABLE") String table,
            @Parameters(paramLabel = "WAP_ID") String wapId) {
        change(flags, output, table, refs -> refs.publish(wapId));
    }

    private void change(
            CatalogFlags flags, OutputFlags output, String table, Function<TableRefs, @Nullable Long> change) {
        try (CatalogConnection connection = flags.open(console)) {
            Table target = connection.load(table);
            Long snapshotId = change.apply(TableRefs.of(target));
            Rows.of(Column.text("table"), Column.id("snapshot_id"))
                    .add(table, snapshotId)
                    .print(output.writer(console));
        }
    }

    private static @Nullable String duration(@Nullable Long millis) {
        return millis == null ? null : Duration.ofMillis(millis).toString();
    }

    /** What happens to a ref that is there, and how long it is kept. */
    static final class RuleFlags {
        @Option(names = "--replace", description = "Set it anew if it is there.")
        private boolean replace;

        @Option(names = "--if-not-exists", description = "Leave it as it is if it is there.")
        private boolean ifNotExists;

        @Option(
                names = "--max-ref-age",
                paramLabel = "DURATION",
                description = "The ref may be expired after this; P30D.")
        private String maxRefAge = "";

        @Option(names = "--min-snapshots-to-keep", paramLabel = "N", description = "Of a branch.")
        private String minSnapshots = "";

        @Option(names = "--max-snapshot-age", paramLabel = "DURATION", description = "Of a branch.")
        private String maxSnapshotAge = "";

        IfPresent ifPresent() {
            if (replace && ifNotExists) {
                throw new TarnException(ErrorKind.INVALID, "Give --replace or --if-not-exists, not both");
            }
            return replace ? IfPresent.REPLACE : ifNotExists ? IfPresent.KEEP : IfPresent.REFUSE;
        }

        Retention retention() {
            try {
                return new Retention(
                        given(maxRefAge).map(Duration::parse),
                        given(minSnapshots).map(Integer::valueOf),
                        given(maxSnapshotAge).map(Duration::parse));
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "A rule needs a duration as P30D or a count of at least 1: " + e.getMessage(),
                        e);
            }
        }

        private static Optional<String> given(String value) {
            return Optional.of(value).filter(text -> !text.isEmpty());
        }
    }
}
