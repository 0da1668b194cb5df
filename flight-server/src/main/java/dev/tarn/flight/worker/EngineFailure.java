package dev.tarn.flight.worker;

/** The engine refused or broke off a statement; the message is the engine's own, not yet fit for clients. */
public final class EngineFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure with the engine's message. */
    public EngineFailure(String message) {
        super(message);
    }
}
