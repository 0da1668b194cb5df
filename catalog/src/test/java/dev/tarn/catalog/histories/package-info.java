/**
 * Concurrent clients against servers that are killed and connections that break, and the check that what they did and saw
 * has one explanation.
 *
 * <p>Start reading at {@code HistoriesTest}.
 */
package dev.tarn.catalog.histories;
