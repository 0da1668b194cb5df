package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The events of a warehouse, read page by page. */
class EventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVENTS = "/management/v1/warehouses/default/events";

    private RunningCatalog catalog;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void everyMutationIsThereOnceInItsOrderHoweverThePagesAreCut() throws IOException {
        RESTCatalog client = catalog.client();
        TableIdentifier table = TableIdentifier.of("shop", "orders");
        client.createNamespace(Namespace.of("shop"));
        client.createTable(table, new Schema(Types.NestedField.required(1, "id", Types.LongType.get())));
        client.loadTable(table).updateProperties().set("a", "1").commit();
        client.dropTable(table, false);

        List<String> types = new ArrayList<>();
        long after = 0;
        JsonNode page = page(after);
        while (!page.path("events").isEmpty()) {
            page.path("events").forEach(event -> types.add(event.path("type").asText()));
            after = page.path("next-after").asLong();
            page = page(after);
        }

        assertThat(types)
                .containsExactly(
                        "dev.tarn.catalog.create-namespace",
                        "dev.tarn.catalog.create-table",
                        "dev.tarn.catalog.commit-table",
                        "dev.tarn.catalog.drop-table");
        assertThat(page.path("next-after").asLong()).isEqualTo(after);
    }

    @Test
    void wrongNumbersAreRefused() {
        for (String query : List.of("after=-1", "after=x", "limit=1001", "limit=1e3")) {
            assertThat(catalog.send("GET", EVENTS + "?" + query, "").statusCode())
                    .isEqualTo(400);
        }
    }

    private JsonNode page(long after) throws IOException {
        return JSON.readTree(
                catalog.send("GET", EVENTS + "?limit=3&after=" + after, "").body());
    }
}
