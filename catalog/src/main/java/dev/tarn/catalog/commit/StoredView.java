package dev.tarn.catalog.commit;

import dev.tarn.catalog.bytes.Pieces;
import org.apache.iceberg.view.ViewMetadata;

/**
 * One state of a view as its metadata file holds it. Metadata files never change, so that this is immutable.
 *
 * @param location of the metadata file
 * @param metadata parsed
 * @param json what the file holds, uncompressed
 */
public record StoredView(String location, ViewMetadata metadata, Pieces json) {}
