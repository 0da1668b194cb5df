package dev.tarn.catalog.commit;

import org.apache.iceberg.view.ViewMetadata;

/**
 * One state of a view as its metadata file holds it. Metadata files never change, so that this is immutable.
 *
 * @param location of the metadata file
 * @param metadata parsed
 * @param json the bytes it was parsed from, uncompressed; never to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes travel to the wire as they are; nobody compares states.
public record StoredView(String location, ViewMetadata metadata, byte[] json) {}
