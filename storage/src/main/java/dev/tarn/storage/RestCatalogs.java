package dev.tarn.storage;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.rest.RESTCatalog;

/** Opens Iceberg's REST catalog client: the only way in which writer, maintenance and gateway reach a catalog. */
public final class RestCatalogs {
    private RestCatalogs() {}

    /**
     * Opens a client over {@link TarnFileIO}. Works with any REST catalog; the caller closes it.
     *
     * @param uri root of the catalog, as {@code http://127.0.0.1:8181}
     * @param warehouse name or location that the catalog knows its warehouse by; empty for the catalog's default
     * @param properties what else the client needs under Iceberg's names: {@code s3.*}, {@code token}, {@code credential}
     * @throws TarnException UNAVAILABLE if nothing answers there, UNAUTHENTICATED if it refuses the login, FORBIDDEN if
     *     the caller may not use the warehouse or nobody may at the moment, NOT_FOUND if there is no such warehouse
     */
    public static RESTCatalog open(URI uri, String warehouse, Map<String, String> properties) {
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.put(CatalogProperties.URI, uri.toString());
        all.put(CatalogProperties.FILE_IO_IMPL, TarnFileIO.class.getName());
        if (!warehouse.isEmpty()) {
            all.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse);
        }
        RESTCatalog catalog = new RESTCatalog();
        try {
            catalog.initialize("tarn", all);
            return catalog;
        } catch (NotAuthorizedException e) {
            throw new TarnException(
                    ErrorKind.UNAUTHENTICATED,
                    "The catalog at %s refused the login: %s".formatted(uri, e.getMessage()),
                    e);
        } catch (ForbiddenException e) {
            throw new TarnException(
                    ErrorKind.FORBIDDEN, "The catalog at %s refused: %s".formatted(uri, firstLine(e)), e);
        } catch (NoSuchWarehouseException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "The catalog at %s answered: %s".formatted(uri, firstLine(e)), e);
        } catch (RESTException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot reach the catalog at %s: %s; is 'tarn serve' running?".formatted(uri, e.getMessage()),
                    e);
        }
    }

    /** What follows the first line is the stack trace of the other side. */
    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
