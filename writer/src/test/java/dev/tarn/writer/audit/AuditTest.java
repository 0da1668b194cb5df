package dev.tarn.writer.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.audit.AuditReport.Ending;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final ProducerToken TOKEN = new ProducerToken("nightly", 0, 7);
    private static final Duration THREE_DAYS = Duration.ofDays(3);

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    void rowsAreInvisibleUntilTheChecksPass() {
        append("main", 1);
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 2);
        assertThat(ids()).containsExactly(1L);

        AuditReport report = audit.publish(List.of((table, snapshot) -> List.of()));

        assertThat(report.ending()).isEqualTo(Ending.PUBLISHED);
        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L);
        assertThat(table().refs()).containsOnlyKeys("main");
        assertThat(table().currentSnapshot().snapshotId())
                .isEqualTo(report.snapshotId().orElseThrow());
    }

    @Test
    void anEmptyTableGetsItsFirstRowsByAnAudit() {
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 1);

        assertThat(audit.publish(List.of()).ending()).isEqualTo(Ending.PUBLISHED);
        assertThat(ids()).containsExactly(1L);
    }

    @Test
    void whatAFailedCheckFoundIsHeldForPeopleToLookAt() {
        append("main", 1);
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 2);

        AuditReport report = audit.publish(List.of((table, snapshot) -> List.of("too few rows")));

        assertThat(report.ending()).isEqualTo(Ending.HELD);
        assertThat(report.violations()).containsExactly("too few rows");
        assertThat(ids()).containsExactly(1L);
        assertThat(table().refs().get("audit/nightly.0.7").maxRefAgeMs()).isEqualTo(THREE_DAYS.toMillis());
        assertThat(table().refs().get("held/nightly.0.7").isTag()).isTrue();
        assertThat(audit.publish(List.of((table, snapshot) -> List.of("still"))).ending())
                .isEqualTo(Ending.HELD);
    }

    @Test
    void whenMainHasMovedTheRowsAreCheckedAgainOnTopOfIt() {
        append("main", 1);
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 2);
        append("main", 3);
        List<Long> rowsSeen = new ArrayList<>();

        AuditReport report = audit.publish(List.of((table, snapshot) -> {
            rowsSeen.add(Long.parseLong(table.snapshot(snapshot).summary().get("total-records")));
            return List.of();
        }));

        assertThat(report.ending()).isEqualTo(Ending.PUBLISHED);
        assertThat(rowsSeen).containsExactly(3L);
        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(table().refs()).containsOnlyKeys("main");
        assertThat(table().properties())
                .containsEntry("tarn.ingest-tokens.main", "nightly=0:7")
                .doesNotContainKeys("tarn.ingest-tokens.audit/nightly.0.7");
    }

    @Test
    void mainMayMoveBetweenTheCheckAndThePublication() {
        append("main", 1);
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 2);
        List<Long> checks = new ArrayList<>();

        AuditReport report = audit.publish(List.of((table, snapshot) -> {
            checks.add(snapshot);
            if (checks.size() == 1) {
                append("main", 3);
            }
            return List.of();
        }));

        assertThat(report.ending()).isEqualTo(Ending.PUBLISHED);
        assertThat(checks).hasSize(2).doesNotHaveDuplicates();
        assertThat(ids()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void anAuditPublishesOnce() {
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);
        stage(audit, 1);
        audit.publish(List.of());

        Audit again = Audit.open(table(), TOKEN, THREE_DAYS);

        assertThat(again.isPublished()).isTrue();
        assertThat(again.publish(List.of()).ending()).isEqualTo(Ending.ALREADY_PUBLISHED);
        assertThat(ids()).containsExactly(1L);
        assertThat(ProducerTokens.of(table(), "main", "nightly")).contains(TOKEN);
    }

    @Test
    void nothingStagedIsNothingToPublish() {
        append("main", 1);
        Audit audit = Audit.open(table(), TOKEN, THREE_DAYS);

        assertThatThrownBy(() -> audit.publish(List.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("has no rows with token 0:7");
        audit.discard();
        assertThat(table().refs()).containsOnlyKeys("main");
    }

    private void stage(Audit audit, long id) {
        Ingest.into(table(), IngestOptions.defaults().withBranch(audit.branch()).withToken(TOKEN))
                .appendMaps(List.of(Map.of("id", id)));
    }

    private void append(String branch, long id) {
        Ingest.into(table(), IngestOptions.defaults().withBranch(branch)).appendMaps(List.of(Map.of("id", id)));
    }

    private List<Long> ids() {
        return TestCatalog.rows(table()).stream()
                .map(row -> (Long) row.getField("id"))
                .toList();
    }

    private Table table() {
        return catalog.load("t");
    }
}
