package dev.tarn.cli.demo;

import dev.tarn.cli.Console;
import dev.tarn.cli.output.OutputFormat;
import dev.tarn.cli.sql.FlightSqlConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.rest.RESTCatalog;

/** Runs the steps in order and stops at the first that fails. Not thread-safe. */
public final class Demo {
    private final List<DemoStep> steps;
    private final DemoLake lake;
    private final DemoReport report;
    private final Function<Throwable, String> sentences;

    /**
     * How the demo ended.
     *
     * @param ok whether every check held
     * @param rows rows in the table at the end, as the client saw them
     * @param millis how long all steps took
     */
    public record Outcome(boolean ok, long rows, long millis) {}

    /**
     * A demo against running servers, which stay open.
     *
     * @param work a folder for unpacked files and journals
     * @param console where the report goes
     * @param format {@code json} for one document, anything else for text
     * @param sentences turns a failure into what is shown
     */
    public Demo(
            RESTCatalog catalog,
            FlightSqlConnection sql,
            Path work,
            Console console,
            OutputFormat format,
            Function<Throwable, String> sentences) {
        this.lake = new DemoLake(catalog, sql, new DemoFlights(work));
        this.report = format == OutputFormat.JSON ? new JsonReport(console) : new TextReport(console);
        this.sentences = sentences;
        Path journals = work.resolve("journals");
        this.steps = List.of(
                new CreateTable(),
                new LoadMonths("load", 1, 4, 4),
                new QueryAirports(),
                new EvolveSchema(),
                new EvolvePartitions(),
                new LoadMonths("load-more", 5, DemoFlights.MONTHS, 1),
                new UpsertRows(),
                new DeleteRows(),
                new ListSnapshots(),
                new TimeTravel(),
                new Compact(),
                new ExpireDryRun(journals),
                new Expire(journals));
    }

    /** Runs all steps. */
    public Outcome run() {
        long start = System.nanoTime();
        boolean ok = true;
        long rows = 0;
        for (DemoStep step : steps) {
            if (!run(step)) {
                ok = false;
                break;
            }
        }
        if (ok) {
            rows = lake.totals("").rows();
        }
        Outcome outcome = new Outcome(ok, rows, millisSince(start));
        report.end(outcome);
        return outcome;
    }

    private boolean run(DemoStep step) {
        Facts facts = new Facts();
        long start = System.nanoTime();
        report.begin(step);
        try {
            step.run(lake, facts);
            report.done(step, millisSince(start), facts.values());
            return true;
        } catch (RuntimeException e) {
            report.failed(step, millisSince(start), facts.values(), sentences.apply(e));
            return false;
        }
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
