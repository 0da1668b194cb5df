package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.commit.ReportEvents;
import dev.tarn.catalog.commit.TableService;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.rest.requests.ReportMetricsRequest;

/** Takes metrics reports of clients: they are checked, counted and passed on as events. Thread-safe. */
final class ReportRoutes {
    private final CatalogStore store;
    private final TableService tables;
    private final MetricsReports reports;
    private final ReportEvents events;
    private final Clock clock;

    ReportRoutes(CatalogStore store, TableService tables, MetricsReports reports, ReportEvents events, Clock clock) {
        this.store = store;
        this.tables = tables;
        this.reports = reports;
        this.events = events;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(Route.of(
                "POST",
                "/v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics",
                Privilege.TABLE_READ_PROPERTIES,
                this::report));
    }

    private Response report(RestRequest request) {
        ObjectName name = request.table();
        ObjectRecord table = tables.find(name);
        ObjectNode summary = reports.count(Json.read(request.http().body(), ReportMetricsRequest.class));
        CatalogEvent event = new CatalogEvent(
                "report-metrics",
                name.namespace(),
                name.name(),
                Optional.of(ObjectKind.TABLE),
                table.id(),
                table.metadataLocation(),
                table.metadataLocation(),
                Json.text(summary),
                request.caller().principal(),
                clock.instant());
        if (!events.offer(store, event)) {
            reports.countLost();
        }
        return Replies.noContent();
    }
}
