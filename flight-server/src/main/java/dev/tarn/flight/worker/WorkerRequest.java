package dev.tarn.flight.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What the parent asks of the worker.
 *
 * @param operation what to do
 * @param sql the text it is done to; empty for PING
 * @param batchRows rows per batch at most
 * @param timeoutMillis the engine stops the statement after this; 0 for never
 */
record WorkerRequest(Operation operation, String sql, long batchRows, long timeoutMillis) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The operations of the protocol. */
    enum Operation {
        /** Answers at once. */
        PING,
        /** The syntax tree as JSON. */
        PARSE,
        /** An empty Arrow stream whose schema is that of the result, then one whose schema is that of the parameters. */
        DESCRIBE,
        /** The result as an Arrow stream. */
        EXECUTE
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write a request", e);
        }
    }

    static WorkerRequest fromJson(String json) {
        try {
            return JSON.readValue(json, WorkerRequest.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot read a request", e);
        }
    }
}
