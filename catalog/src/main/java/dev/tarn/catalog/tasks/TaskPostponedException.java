package dev.tarn.catalog.tasks;

import java.time.Instant;

/** An attempt has nothing to do yet: the task waits until a given time. Not a failure. */
public final class TaskPostponedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient Instant dueAt;

    /**
     * Postpones the task at hand.
     *
     * @param reason why, in one sentence that is shown with the task
     * @param dueAt when to look again
     */
    public TaskPostponedException(String reason, Instant dueAt) {
        super(reason);
        this.reason = reason;
        this.dueAt = dueAt;
    }

    String reason() {
        return reason;
    }

    Instant dueAt() {
        return dueAt;
    }
}
