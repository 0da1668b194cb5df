package dev.tarn.it.conformance.kit;

import org.apache.iceberg.rest.RESTCompatibilityKitViewCatalogTests;

/** The kit's view suite as it is published, with the same one difference as {@link TablesOfKit}. */
public class ViewsOfKit extends RESTCompatibilityKitViewCatalogTests {
    @Override
    protected String viewLocation(String... parts) {
        return System.getProperty("tarn.kit.base-location") + "/" + String.join("/", parts);
    }
}
