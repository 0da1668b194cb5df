package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.storage.RestCatalogs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the server process while it purges. */
class PurgeKillTest {
    private static final int TABLES = 6;
    private static final int COMMITS = 12;
    private static final int KILLS = 6;

    @Test
    void aPurgeKilledAnywhereIsTakenUpAndDeletesTheTableAndNothingElse(@TempDir Path folder) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ForkedCatalog server = ForkedCatalog.start(folder);
        Map<Path, List<Path>> kept = new HashMap<>();
        List<Path> purged = new ArrayList<>();
        Path shared;
        int files;
        try (RESTCatalog client = client(server)) {
            client.createNamespace(Namespace.of("db"));
            Table keeper = client.createTable(TableIdentifier.of("db", "keeper"), TableFixture.SCHEMA);
            TableFixture.fill(keeper, 2);
            List<DataFile> first = new ArrayList<>();
            for (int i = 0; i < TABLES; i++) {
                Table table = client.createTable(TableIdentifier.of("db", "t" + i), TableFixture.SCHEMA);
                first.addAll(TableFixture.fill(table, COMMITS).subList(0, 1));
                purged.add(TableFixture.folder(table));
            }
            TableFixture.add(keeper, first.subList(0, 1));
            shared = TableFixture.path(first.get(0));
            kept.put(TableFixture.folder(keeper), TableFixture.files(TableFixture.folder(keeper)));
            files = count(purged);
            for (int i = 0; i < TABLES; i++) {
                client.dropTable(TableIdentifier.of("db", "t" + i), true);
            }
        }
        int kills = 0;
        try {
            while (kills < KILLS && count(purged) > 1) {
                int target = files * (KILLS - kills - 1) / KILLS + random.nextInt(Math.max(1, files / KILLS));
                await().pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(120))
                        .until(() -> count(purged) <= Math.max(1, target));
                server.close();
                kills++;
                server = ForkedCatalog.start(folder);
            }
            System.out.printf("purge kill test: seed %d, kills %d, files %d%n", seed, kills, files);
            await().atMost(Duration.ofSeconds(120)).until(() -> count(purged) == 1);
        } finally {
            server.close();
        }

        for (Path table : purged) {
            List<Path> left = new ArrayList<>(TableFixture.files(table));
            left.remove(shared);
            assertThat(left).as("files below %s, seed %d", table, seed).isEmpty();
        }
        assertThat(shared).as("seed %d", seed).exists();
        kept.forEach((table, before) ->
                assertThat(TableFixture.files(table)).as("seed %d", seed).isEqualTo(before));
    }

    private static int count(List<Path> folders) {
        return folders.stream()
                .mapToInt(each -> TableFixture.files(each).size())
                .sum();
    }

    private static RESTCatalog client(ForkedCatalog server) {
        return RestCatalogs.open(server.uri(), "", Map.of());
    }
}
