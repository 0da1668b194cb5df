package dev.tarn.cli.demo;

import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types;

/** Creates the table, of format version 3, partitioned by month. */
final class CreateTable implements DemoStep {
    @Override
    public String name() {
        return "create";
    }

    @Override
    public String title() {
        return "Create a v3 table partitioned by month(date)";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Schema schema = new Schema(
                Types.NestedField.required(1, "flight_id", Types.LongType.get()),
                Types.NestedField.required(2, "date", Types.TimestampType.withoutZone()),
                Types.NestedField.optional(3, "delay", Types.IntegerType.get()),
                Types.NestedField.optional(4, "distance", Types.IntegerType.get()),
                Types.NestedField.optional(5, "origin", Types.StringType.get()),
                Types.NestedField.optional(6, "destination", Types.StringType.get()));
        PartitionSpec byMonth = PartitionSpec.builderFor(schema).month("date").build();
        if (!lake.catalog().namespaceExists(DemoLake.TABLE.namespace())) {
            lake.catalog().createNamespace(DemoLake.TABLE.namespace());
        }
        // A demo starts anew each time, also in a warehouse that is kept.
        lake.catalog().dropTable(DemoLake.TABLE, true);
        lake.catalog().createTable(DemoLake.TABLE, schema, byMonth, Map.of(TableProperties.FORMAT_VERSION, "3"));

        int columns =
                lake.ask("SELECT * FROM demo.flights").schema().getFields().size();
        facts.note("table", DemoLake.TABLE.toString());
        facts.note("columns", columns);
        facts.check("columns seen by the client", schema.columns().size(), columns);
        lake.checkTotals(facts);
    }
}
