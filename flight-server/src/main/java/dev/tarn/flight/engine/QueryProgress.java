package dev.tarn.flight.engine;

/**
 * How far a query is.
 *
 * @param fraction from 0 to 1; 0 where the engine cannot tell
 * @param rows rows delivered so far
 * @param filesPlanned data files left after pruning
 * @param filesPruned data files that pruning left out
 * @param bytesPlanned size of the planned files in bytes
 */
public record QueryProgress(double fraction, long rows, long filesPlanned, long filesPruned, long bytesPlanned) {}
