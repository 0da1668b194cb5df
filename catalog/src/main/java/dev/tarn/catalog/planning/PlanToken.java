package dev.tarn.catalog.planning;

/**
 * What a plan id or a plan task stands for.
 *
 * @param pin snapshot and schema
 * @param range part of the scan
 * @param request the request as JSON; empty if it was too long for a plan id
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes of JSON, never changed and never compared.
record PlanToken(ScanPin pin, ScanRange range, byte[] request) {}
