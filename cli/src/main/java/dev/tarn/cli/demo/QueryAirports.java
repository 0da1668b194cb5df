package dev.tarn.cli.demo;

import dev.tarn.cli.output.CollectedRows;

/** Asks a question that scans and groups. */
final class QueryAirports implements DemoStep {
    @Override
    public String name() {
        return "query";
    }

    @Override
    public String title() {
        return "Query through Flight SQL: the busiest airports and their delays";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        CollectedRows airports = lake.ask("SELECT origin, count(*) AS flights, round(avg(delay), 1) AS delay "
                + "FROM demo.flights GROUP BY origin ORDER BY flights DESC, origin LIMIT 3");
        facts.note("busiest", airports.rows());
        facts.check("airports in the answer", 3, airports.rows().size());

        CollectedRows all = lake.ask("SELECT sum(flights)::BIGINT AS n, count(*) AS airports FROM "
                + "(SELECT origin, count(*) AS flights FROM demo.flights GROUP BY origin)");
        facts.note("airports", all.number("airports"));
        facts.check("flights of all airports", lake.expected().rows(), all.number("n"));

        Totals february = lake.totalsWhere("date >= TIMESTAMP '2001-02-01' AND date < TIMESTAMP '2001-03-01'");
        facts.note("february", february.rows());
        facts.checkThat(
                "february is a part of all",
                february.rows() > 0 && february.rows() < lake.expected().rows());
    }
}
