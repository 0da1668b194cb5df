package dev.tarn.it.conformance.kit;

import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCompatibilityKitCatalogTests;

/**
 * The kit's table suite as it is published, with one difference: where it asks for a table at a place of its choice, the
 * place is in the warehouse of the run. Published, it asks for {@code file:/tmp}, whatever the warehouse is.
 */
public class TablesOfKit extends RESTCompatibilityKitCatalogTests {
    @Override
    protected String baseTableLocation(TableIdentifier table) {
        return System.getProperty("tarn.kit.base-location") + "/" + table.namespace() + "/" + table.name();
    }
}
