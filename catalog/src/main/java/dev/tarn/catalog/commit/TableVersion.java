package dev.tarn.catalog.commit;

import org.apache.iceberg.TableMetadata;

/**
 * One version of a table as its metadata file holds it. Metadata files never change, so that this is immutable.
 *
 * @param location of the metadata file
 * @param metadata parsed
 * @param json what the file holds, uncompressed
 */
public record TableVersion(String location, TableMetadata metadata, MetadataJson json) {}
