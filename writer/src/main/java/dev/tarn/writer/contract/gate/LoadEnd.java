package dev.tarn.writer.contract.gate;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * What is known when all rows of a load, or of a table, went by.
 *
 * @param now what ages are measured against
 * @param rowsInTable rows that the table has then; empty if nobody can know
 */
record LoadEnd(Instant now, OptionalLong rowsInTable) {}
