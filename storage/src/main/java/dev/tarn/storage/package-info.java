/**
 * Where tables live: file IO for warehouses in a local folder or on S3, the S3 settings, and Iceberg's REST catalog client
 * opened over them. Shared by the catalog server and by everything that talks to a catalog.
 *
 * <p>Start reading at {@link dev.tarn.storage.TarnFileIO} and {@link dev.tarn.storage.RestCatalogs}.
 */
@NullMarked
package dev.tarn.storage;

import org.jspecify.annotations.NullMarked;
