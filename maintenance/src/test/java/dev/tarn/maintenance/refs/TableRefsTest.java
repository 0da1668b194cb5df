package dev.tarn.maintenance.refs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.Lake;
import dev.tarn.maintenance.refs.TableRefs.IfPresent;
import dev.tarn.maintenance.refs.TableRefs.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableRefsTest {
    @TempDir
    private Path folder;

    private Lake lake;
    private Table table;
    private TableRefs refs;
    private long first;
    private long second;

    @BeforeEach
    void openLake() {
        lake = Lake.in(folder);
        table = lake.create("t", PartitionSpec.unpartitioned(), 3, Map.of());
        refs = TableRefs.of(table);
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        first = table.currentSnapshot().snapshotId();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        second = table.currentSnapshot().snapshotId();
    }

    @AfterEach
    void closeLake() throws IOException {
        lake.close();
    }

    @Test
    void branchesAndTagsAreSetWhereTheyAreAsked() {
        Retention rules =
                new Retention(Optional.of(Duration.ofDays(7)), Optional.of(3), Optional.of(Duration.ofHours(1)));

        assertThat(refs.branch("dev", Target.current(), IfPresent.REFUSE, rules))
                .isEqualTo(second);
        assertThat(refs.tag("v1", snapshot(first), IfPresent.REFUSE, Retention.OF_TABLE))
                .isEqualTo(first);
        assertThat(refs.tag("v2", ref("v1"), IfPresent.REFUSE, Retention.OF_TABLE))
                .isEqualTo(first);

        SnapshotRef dev = table.refs().get("dev");
        assertThat(dev.isBranch()).isTrue();
        assertThat(dev.maxRefAgeMs()).isEqualTo(Duration.ofDays(7).toMillis());
        assertThat(dev.minSnapshotsToKeep()).isEqualTo(3);
        assertThat(dev.maxSnapshotAgeMs()).isEqualTo(Duration.ofHours(1).toMillis());
        assertThat(table.refs().get("v1").isTag()).isTrue();
    }

    @Test
    void anExistingRefIsRefusedKeptOrReplaced() {
        refs.branch("dev", snapshot(first), IfPresent.REFUSE, Retention.OF_TABLE);

        fails(
                ErrorKind.ALREADY_EXISTS,
                "replace it",
                () -> refs.branch("dev", snapshot(second), IfPresent.REFUSE, Retention.OF_TABLE));
        assertThat(refs.branch("dev", snapshot(second), IfPresent.KEEP, Retention.OF_TABLE))
                .isEqualTo(first);
        assertThat(refs.branch("dev", snapshot(second), IfPresent.REPLACE, Retention.OF_TABLE))
                .isEqualTo(second);
        fails(
                ErrorKind.INVALID,
                "is a branch",
                () -> refs.tag("dev", snapshot(second), IfPresent.REPLACE, Retention.OF_TABLE));
    }

    @Test
    void aTagHasNoRulesForSnapshots() {
        Retention rules = new Retention(Optional.empty(), Optional.of(3), Optional.empty());

        fails(ErrorKind.INVALID, "only its own age", () -> refs.tag("v1", Target.current(), IfPresent.REFUSE, rules));
    }

    @Test
    void mainIsNeverDroppedAndOthersAre() {
        refs.tag("v1", Target.current(), IfPresent.REFUSE, Retention.OF_TABLE);
        refs.branch("dev", Target.current(), IfPresent.REFUSE, Retention.OF_TABLE);

        refs.drop("v1");
        refs.drop("dev");

        assertThat(table.refs()).containsOnlyKeys("main");
        fails(ErrorKind.REFUSED, "main", () -> refs.drop("main"));
        fails(ErrorKind.NOT_FOUND, "did you mean 'main'", () -> refs.drop("maim"));
    }

    @Test
    void aBranchMovesForwardOnlyToItsDescendants() {
        refs.branch("dev", Target.current(), IfPresent.REFUSE, Retention.OF_TABLE);
        table.newAppend()
                .appendFile(Lake.write(table, Lake.rows(table, 20, 30, 0)))
                .toBranch("dev")
                .commit();

        long moved = refs.fastForward("main", "dev");

        assertThat(moved).isEqualTo(table.snapshot("dev").snapshotId());
        assertThat(Lake.ids(table)).hasSize(30);
        refs.branch("old", snapshot(first), IfPresent.REFUSE, Retention.OF_TABLE);
        table.newAppend()
                .appendFile(Lake.write(table, Lake.rows(table, 30, 40, 0)))
                .toBranch("old")
                .commit();
        fails(ErrorKind.CONFLICT, "cherry-pick", () -> refs.fastForward("main", "old"));
    }

    @Test
    void stagedSnapshotsArePublishedOnce() {
        table.newAppend()
                .appendFile(Lake.write(table, Lake.rows(table, 20, 30, 0)))
                .set("wap.id", "load-7")
                .stageOnly()
                .commit();
        Lake.append(table, Lake.rows(table, 30, 40, 0));

        refs.publish("load-7");

        assertThat(Lake.ids(table)).hasSize(40);
        fails(ErrorKind.CONFLICT, "", () -> refs.publish("load-7"));
        fails(ErrorKind.NOT_FOUND, "load-8", () -> refs.publish("load-8"));
    }

    @Test
    void mainGoesBackToAnAncestorByIdByTimeAndByRef() {
        Instant ofFirst = Instant.ofEpochMilli(table.snapshot(first).timestampMillis());
        refs.tag("v1", snapshot(first), IfPresent.REFUSE, Retention.OF_TABLE);

        assertThat(refs.rollback(snapshot(first))).isEqualTo(first);
        assertThat(Lake.ids(table)).hasSize(10);
        fails(ErrorKind.CONFLICT, "no ancestor", () -> refs.rollback(snapshot(second)));
        assertThat(refs.setCurrent(snapshot(second))).isEqualTo(second);
        assertThat(refs.rollback(new Target(Optional.empty(), Optional.empty(), Optional.of(ofFirst))))
                .isEqualTo(first);
        refs.setCurrent(snapshot(second));
        assertThat(refs.rollback(ref("v1"))).isEqualTo(first);
    }

    @Test
    void unknownSnapshotsTimesAndTablesWithoutSnapshotsAreNamed() {
        fails(ErrorKind.NOT_FOUND, "no snapshot 7", () -> refs.cherryPick(7));
        fails(
                ErrorKind.NOT_FOUND,
                "had no snapshot at",
                () -> refs.rollback(new Target(Optional.empty(), Optional.empty(), Optional.of(Instant.EPOCH))));
        TableRefs empty = TableRefs.of(lake.create("empty", PartitionSpec.unpartitioned(), 3, Map.of()));
        fails(
                ErrorKind.NOT_FOUND,
                "no snapshot yet",
                () -> empty.tag("v1", Target.current(), IfPresent.REFUSE, Retention.OF_TABLE));
        fails(ErrorKind.INVALID, "but not 2", () -> new Target(Optional.of(1L), Optional.of("main"), Optional.empty()));
    }

    private static Target snapshot(long id) {
        return new Target(Optional.of(id), Optional.empty(), Optional.empty());
    }

    private static Target ref(String name) {
        return new Target(Optional.empty(), Optional.of(name), Optional.empty());
    }

    private static void fails(ErrorKind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }
}
