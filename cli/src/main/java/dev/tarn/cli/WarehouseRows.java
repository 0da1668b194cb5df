package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;

/** Prints warehouses. */
final class WarehouseRows {
    private WarehouseRows() {}

    static void printList(Iterable<JsonNode> warehouses, OutputFlags output, Console console) {
        Rows rows =
                Rows.of(Column.text("name"), Column.text("location"), Column.bool("active"), Column.number("version"));
        warehouses.forEach(warehouse -> rows.add(
                warehouse.path("name").asText(),
                warehouse.path("location").asText(),
                warehouse.path("active").asBoolean(),
                warehouse.path("version").asLong()));
        rows.print(output.writer(console));
    }

    static void printOne(JsonNode warehouse, OutputFlags output, Console console) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, warehouse.toString());
            return;
        }
        Rows rows = Rows.of(Column.text("part"), Column.text("name"), Column.text("value"));
        for (String field : new String[] {"name", "location", "active", "version", "id"}) {
            rows.add("warehouse", field, warehouse.path(field).asText());
        }
        warehouse
                .path("properties")
                .properties()
                .forEach(property -> rows.add(
                        "property", property.getKey(), property.getValue().asText()));
        rows.print(output.writer(console));
    }
}
