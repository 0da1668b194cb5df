package dev.tarn.flight.worker;

/** What a frame carries. The ordinal is the byte on the wire: both ends come from the same build. */
enum FrameType {
    /** The secret of this worker, first on every connection. */
    TOKEN,
    /** A {@link WorkerRequest} as JSON. */
    REQUEST,
    /** Deleted positions of one file: set number, file index, portable Roaring bitmap. */
    DELETES,
    /** One row of parameters as an Arrow IPC stream. */
    PARAMETERS,
    /** Nothing more to say: begin. */
    START,
    /** A piece of an Arrow IPC stream. */
    DATA,
    /** A piece of text. */
    TEXT,
    /** The answer is complete. */
    END,
    /** The answer ends with a failure: kind and message of the engine. */
    ERROR;

    private static final FrameType[] ALL = values();

    @SuppressWarnings("EnumOrdinal") // Both ends come from the same build, so that the order is the protocol.
    byte code() {
        return (byte) ordinal();
    }

    static FrameType of(int code) {
        if (code < 0 || code >= ALL.length) {
            throw new IllegalStateException("Unknown frame type " + code);
        }
        return ALL[code];
    }
}
