package dev.tarn.writer.contract;

/**
 * One difference between two contracts.
 *
 * @param effect whom it can surprise
 * @param path what changed, as {@code orders.amount}
 * @param message what it was and what it is
 */
public record ContractChange(Effect effect, String path, String message) {
    /** Whom a change can surprise. */
    public enum Effect {
        /** Readers: something that they could rely on is promised no more. */
        BREAKS_READERS,
        /** Writers: rows that were good may be refused. */
        BREAKS_WRITERS,
        /** Nobody. */
        COMPATIBLE
    }

    /** Whether it can surprise anybody. */
    public boolean isBreaking() {
        return effect != Effect.COMPATIBLE;
    }
}
