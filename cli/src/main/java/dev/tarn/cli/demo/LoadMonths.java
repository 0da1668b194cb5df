package dev.tarn.cli.demo;

import dev.tarn.cli.demo.DemoFlights.Flight;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/** Loads months through the writer, each in several commits. */
final class LoadMonths implements DemoStep {
    private final String name;
    private final int first;
    private final int last;
    private final int commitsPerMonth;

    LoadMonths(String name, int first, int last, int commitsPerMonth) {
        this.name = name;
        this.first = first;
        this.last = last;
        this.commitsPerMonth = commitsPerMonth;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return "Load months %d to %d of 2001 through the writer, %d commits each"
                .formatted(first, last, commitsPerMonth);
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Table table = lake.table();
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        int commits = 0;
        long bytes = 0;
        for (int month = first; month <= last; month++) {
            List<Flight> flights = lake.flights().month(month);
            int part = (flights.size() + commitsPerMonth - 1) / commitsPerMonth;
            for (int from = 0; from < flights.size(); from += part) {
                List<Flight> rows = flights.subList(from, Math.min(flights.size(), from + part));
                IngestReceipt receipt = ingest.appendMaps(
                        () -> rows.stream().map(flight -> row(lake, flight)).iterator());
                facts.check("rows added by the commit", (long) rows.size(), receipt.rowsAdded());
                commits++;
                bytes += receipt.bytesAdded();
            }
            lake.expect(lake.expected().plus(DemoFlights.totals(flights)));
        }
        facts.note("commits", commits);
        facts.note("bytes", bytes);
        lake.checkTotals(facts);
    }

    /** A row under the names and types that the table has now. */
    static Map<String, Object> row(DemoLake lake, Flight flight) {
        Map<String, Object> row = new LinkedHashMap<>();
        boolean evolved = !lake.delayColumn().equals("delay");
        row.put("flight_id", flight.id());
        row.put("date", flight.date());
        row.put(lake.delayColumn(), flight.delay());
        if (evolved) {
            row.put("distance", (long) flight.distance());
            row.put("source", EvolveSchema.SOURCE);
        } else {
            row.put("distance", flight.distance());
        }
        row.put("origin", flight.origin());
        row.put("destination", flight.destination());
        return row;
    }
}
