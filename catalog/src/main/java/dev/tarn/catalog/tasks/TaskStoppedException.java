package dev.tarn.catalog.tasks;

/** An attempt must end at once: the server stops, or another one has the task. Not a failure. */
public final class TaskStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TaskStoppedException(String message) {
        super(message);
    }
}
