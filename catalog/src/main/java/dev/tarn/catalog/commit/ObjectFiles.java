package dev.tarn.catalog.commit;

/**
 * The metadata files of every kind of object in a warehouse. Owns nothing.
 *
 * @param tables those of tables
 * @param views those of views
 * @param functions those of functions
 * @param writes writes several at once
 */
public record ObjectFiles(MetadataFiles tables, ViewFiles views, FunctionFiles functions, ParallelWrites writes) {}
