package dev.tarn.cli.demo;

import dev.tarn.cli.output.CollectedRows;
import dev.tarn.cli.sql.FlightSqlConnection;
import java.time.Instant;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;

/** What the steps share: the doors to the servers, and what must be in the table now. Not thread-safe. */
final class DemoLake {
    /** The table of the demo. */
    static final TableIdentifier TABLE = TableIdentifier.of(Namespace.of("demo"), "flights");

    private final RESTCatalog catalog;
    private final FlightSqlConnection sql;
    private final DemoFlights flights;
    private Totals expected = Totals.NONE;
    private String delayColumn = "delay";
    private Mark mark = new Mark(0, Instant.EPOCH, Totals.NONE);

    /**
     * A state of the table to come back to.
     *
     * @param snapshotId its snapshot
     * @param committedAt when it was committed
     * @param totals what a query answered then
     */
    record Mark(long snapshotId, Instant committedAt, Totals totals) {}

    DemoLake(RESTCatalog catalog, FlightSqlConnection sql, DemoFlights flights) {
        this.catalog = catalog;
        this.sql = sql;
        this.flights = flights;
    }

    RESTCatalog catalog() {
        return catalog;
    }

    DemoFlights flights() {
        return flights;
    }

    /** The table, freshly loaded. */
    Table table() {
        return catalog.loadTable(TABLE);
    }

    /** Runs a query through the Flight SQL client. */
    CollectedRows ask(String query) {
        CollectedRows rows = new CollectedRows();
        sql.run(query, rows);
        return rows;
    }

    /** The totals of the table now, or as of a clause such as {@code AT (VERSION => 1)}. */
    Totals totals(String asOf) {
        return totals(asOf, delayColumn, "true");
    }

    /** The totals of the rows that match a condition. */
    Totals totalsWhere(String condition) {
        return totals("", delayColumn, condition);
    }

    /** The totals as of a clause, with the column name that the delay had then or has now. */
    Totals totals(String asOf, String delay, String condition) {
        CollectedRows row = ask(
                "SELECT count(*) AS n, sum(%s)::BIGINT AS delay, sum(distance)::BIGINT AS distance ".formatted(delay)
                        + "FROM demo.flights %s WHERE %s".formatted(asOf, condition));
        return new Totals(row.number("n"), row.number("delay"), row.number("distance"));
    }

    /** Checks that the table holds what it must, by a query through the client, and notes the rows. */
    void checkTotals(Facts facts) {
        Totals found = totals("");
        facts.note("rows", found.rows());
        facts.check("totals of the table", expected, found);
    }

    Totals expected() {
        return expected;
    }

    void expect(Totals totals) {
        expected = totals;
    }

    String delayColumn() {
        return delayColumn;
    }

    void delayColumnIs(String name) {
        delayColumn = name;
    }

    Mark mark() {
        return mark;
    }

    void markIs(Mark state) {
        mark = state;
    }
}
